/**
 * Turns refused requests and failed ways into errors with a code and a hint.
 *
 * A server's text is quoted only where it names things: tables, columns,
 * constraints. Where it would show a value of a row, our own words stand.
 *
 * @module
 */
import { type ErrorCode, OsirisError } from "../../src/error.ts";
import { KNOWN } from "./error_table.ts";
import type { Refusal } from "./refusal.ts";

/** What was tried, for the message: `Cannot <action>: <where>: <state>`. */
export interface Attempt {
  /** `read table "orders"`, `write to table "orders"`, … */
  readonly action: string;
  /** Host and port. */
  readonly where: string;
}

/** Plain facts of an error. */
export type Details = Record<string, string | number | boolean | null>;

/** What a constraint's violation is about. */
export interface Violation {
  readonly column?: string;
  readonly constraint?: string;
}

/** The error for a refused request. @param more Facts to add, such as the row. */
export function refusalError(
  refusal: Refusal,
  attempt: Attempt,
  more: {
    readonly where?: string;
    readonly after?: string;
    readonly details?: Details;
  } = {},
): OsirisError {
  const { code, state, hint } = explain(refusal);
  const { column, constraint } = violationOf(refusal);
  const where = more.where === undefined ? "" : `${more.where}: `;
  return new OsirisError(
    code,
    `Cannot ${attempt.action}: ${attempt.where}: ${where}${state}${
      more.after ?? ""
    }`,
    {
      ...(hint !== undefined && { hint }),
      details: {
        status: refusal.status,
        ...(refusal.code !== "" && { server_code: refusal.code }),
        ...(column !== undefined && { column }),
        ...(constraint !== undefined && { constraint }),
        ...more.details,
      },
    },
  );
}

interface Explained {
  readonly code: ErrorCode;
  readonly state: string;
  readonly hint?: string;
}

function explain(refusal: Refusal): Explained {
  const special = explainSpecial(refusal);
  if (special !== undefined) return special;
  const known = KNOWN[refusal.code];
  if (known !== undefined) {
    return {
      code: known.code,
      state: known.state ?? safeText(refusal),
      hint: apiHint(refusal) ?? known.hint,
    };
  }
  if (/^[0-9A-Z]{5}$/.test(refusal.code)) {
    // A function's own RAISE is written to be read.
    const state = refusal.code === "P0001"
      ? oneLine(refusal.message)
      : `the database refused it (${refusal.code})`;
    return { code: "sql/failed", state };
  }
  return explainStatus(refusal);
}

/** Codes that mean several things, told apart by their text. */
function explainSpecial(refusal: Refusal): Explained | undefined {
  const { code, message } = refusal;
  if (code === "42501" && /row-level security/.test(message)) {
    return {
      code: "http/denied",
      state: `${safeText(refusal)}`,
      hint: "Use the service key, or add a policy that lets this role do it",
    };
  }
  // Up to PostgREST 12 an expired token has the code of a wrong one.
  if (code === "PGRST301" && /expired/i.test(message)) {
    return { ...KNOWN.PGRST303, state: "the token has expired" };
  }
  if (code === "21000" && /WHERE clause/i.test(message)) {
    return { code: "sql/denied", state: "a change needs a filter here" };
  }
  if (code === "PGRST205" || code === "PGRST204") {
    return {
      code: KNOWN[code].code,
      state: oneLine(message),
      hint: apiHint(refusal) ?? KNOWN[code].hint,
    };
  }
  return undefined;
}

function explainStatus({ status, message, isJson }: Refusal): Explained {
  if (status === 401 || status === 403) {
    return isJson || status === 401
      ? {
        code: "http/auth",
        state: "the key was refused",
        hint: "Check the key of the connection, and that it is of this project",
      }
      : {
        code: "http/denied",
        state: "something before the API refused the request",
        hint: "Check firewalls and network restrictions of the project",
      };
  }
  if (status === 413) {
    return {
      code: "http/too-large",
      state: "the request is larger than the server takes",
      hint: "Lower batch_size",
    };
  }
  if (status === 429) {
    return {
      code: "http/rate-limited",
      state: "too many requests",
      hint: "Run fewer steps at once, or later",
    };
  }
  if (status >= 300 && status < 400) {
    return {
      code: "http/not-an-api",
      state: "the server sends elsewhere",
      hint: "Check the url of the connection",
    };
  }
  if (status >= 500) {
    return {
      code: "http/unavailable",
      state: `the server failed (status ${status})`,
      hint: "Look at the project's status and run the step again",
    };
  }
  return isJson
    ? { code: "http/failed", state: oneLine(message) || `status ${status}` }
    : notAnApi(`status ${status} with something that is no JSON`);
}

/** The error for an answer that isn't the API's: a page, or JSON of another form. */
export function notAnApiError(state: string, attempt: Attempt): OsirisError {
  const { code, hint } = notAnApi(state);
  return new OsirisError(
    code,
    `Cannot ${attempt.action}: ${attempt.where}: ${state}`,
    { hint },
  );
}

function notAnApi(state: string): Explained {
  return {
    code: "http/not-an-api",
    state,
    hint:
      "Check that the url is the project's and that no proxy answers in its place",
  };
}

/** The API's hint, where it names a name to use instead. */
function apiHint({ hint }: Refusal): string | undefined {
  const near =
    /^Perhaps you meant (?:the table |to reference the column |to call the function )?['"](.+?)['"]/
      .exec(hint)?.[1];
  return near === undefined ? undefined : `Did you mean "${near}"?`;
}

/** The column and the constraint that a refusal names. */
export function violationOf({ message, details }: Refusal): Violation {
  const column = /(?:null value in )?column "([^"]+)"/.exec(message)?.[1] ??
    /^Could not find the '([^']+)' column/.exec(message)?.[1] ??
    /^Key \(([^)]+)\)=/.exec(details)?.[1];
  const constraint = /constraint "([^"]+)"/.exec(message)?.[1];
  return {
    ...(column !== undefined && { column }),
    ...(constraint !== undefined && { constraint }),
  };
}

/** The text of a refusal when it holds names only: PostgreSQL puts values after a colon, or into its details. */
function safeText({ message }: Refusal): string {
  return oneLine(message).replace(/: (".*"|'.*')$/, "");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().slice(0, 400);
}
