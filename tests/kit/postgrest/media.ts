// Accept and Content-Type (docs, "Resource Representation" › Response Format, Request Body).
import type { BodyForm } from "./body_sql.ts";
import { Refusal } from "./refusal.ts";

/** A media type that was asked for and can be given. */
export interface Media extends BodyForm {
  contentType: string;
}

const json = "application/json; charset=utf-8";
const singular = "application/vnd.pgrst.object+json";

function mediaOf(type: string, isStripped: boolean): Media | undefined {
  const plain = { kind: "json" as const, isSingular: false, isStripped: false };
  switch (type) {
    case "*/*":
    case "application/*":
    case "application/json":
      return { ...plain, contentType: json };
    case "application/vnd.pgrst.array":
    case "application/vnd.pgrst.array+json": {
      const contentType =
        "application/vnd.pgrst.array+json; nulls=stripped; charset=utf-8";
      return {
        ...plain,
        isStripped,
        contentType: isStripped ? contentType : json,
      };
    }
    case "application/vnd.pgrst.object":
    case singular:
      return {
        kind: "json",
        isSingular: true,
        isStripped,
        contentType: `${singular}${
          isStripped ? "; nulls=stripped" : ""
        }; charset=utf-8`,
      };
    case "text/csv":
      return {
        kind: "csv",
        isSingular: false,
        isStripped: false,
        contentType: "text/csv; charset=utf-8",
      };
  }
}

/** The first acceptable type in the header's order. @throws {Refusal} PGRST107 with status 406. */
export function acceptable(header: string | undefined): Media {
  const wanted = (header || "*/*").split(",").map((item) => item.trim());
  for (const item of wanted) {
    const [type, ...parameters] = item.split(";").map((part) =>
      part.trim().toLowerCase()
    );
    const media = mediaOf(type, parameters.includes("nulls=stripped"));
    if (media) return media;
  }
  throw new Refusal(
    406,
    "PGRST107",
    `None of these media types are available: ${wanted.join(", ")}`,
  );
}
