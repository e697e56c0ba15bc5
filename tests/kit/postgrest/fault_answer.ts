// The answers that a gateway or proxy gives in place of PostgREST.
import type { Fault } from "./faults.ts";
import { Refusal } from "./refusal.ts";
import type { Answer } from "./request.ts";

/** A page as a web server writes it. */
export function htmlPage(status: number, title: string): Answer {
  const heading = `${status} ${title}`;
  return {
    status,
    headers: { "Content-Type": "text/html" },
    body: `<html>\r\n<head><title>${heading}</title></head>\r\n<body>\r\n` +
      `<center><h1>${heading}</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n`,
  };
}

function retryHeader(
  retryAfter: number | string | undefined,
): Record<string, string> {
  return retryAfter === undefined ? {} : { "Retry-After": `${retryAfter}` };
}

const titles: Record<number, string> = {
  500: "Internal Server Error",
  502: "Bad Gateway",
  504: "Gateway Timeout",
};

/** The answer that takes the request's place, or undefined where the fault is of another kind. */
export function answerInstead(fault: Fault | undefined): Answer | undefined {
  switch (fault?.kind) {
    case "too-many":
      return {
        status: 429,
        headers: {
          "Content-Type": "application/json; charset=utf-8",
          ...retryHeader(fault.retryAfter),
        },
        body: JSON.stringify({ message: "API rate limit exceeded" }),
      };
    case "unavailable":
      return refusalAnswer(
        new Refusal(
          503,
          "PGRST002",
          "Could not query the database for the schema cache. Retrying.",
          {
            headers: retryHeader(fault.retryAfter),
          },
        ),
      );
    case "too-large":
      return htmlPage(413, "Request Entity Too Large");
    case "proxy-page":
      return htmlPage(
        fault.status ?? 502,
        titles[fault.status ?? 502] ?? "Error",
      );
  }
}

/** A refusal as an answer (docs, "Errors"). */
export function refusalAnswer(refusal: Refusal): Answer {
  return {
    status: refusal.status,
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      ...refusal.headers,
    },
    body: JSON.stringify(refusal.body),
  };
}
