// What the PostgREST fixture throws when a request can't be served: an HTTP status with PostgREST's error body.

/** The four fields of every error answer (PostgREST docs, "Errors"). */
export interface ErrorBody {
  code: string;
  details: unknown;
  hint: string | null;
  message: string;
}

/** Parts of an error that are not always there. */
export interface RefusalParts {
  details?: unknown;
  hint?: string | null;
  headers?: Record<string, string>;
}

/** A refused request; caught once, where the answer is written. */
export class Refusal extends Error {
  readonly body: ErrorBody;
  readonly headers: Record<string, string>;

  constructor(
    readonly status: number,
    code: string,
    message: string,
    parts: RefusalParts = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.body = {
      code,
      details: parts.details ?? null,
      hint: parts.hint ?? null,
      message,
    };
    this.headers = parts.headers ?? {};
  }
}

/** PGRST100: the query string can't be parsed ("Errors" › Group 1). `column` counts from 1. */
export function parseRefusal(
  what: string,
  text: string,
  column: number,
  details: string,
): Refusal {
  return new Refusal(
    400,
    "PGRST100",
    `"failed to parse ${what} (${text})" (line 1, column ${column})`,
    {
      details,
    },
  );
}

/** PGRST102: the request body is not what its content type says ("Errors" › Group 1). */
export function bodyRefusal(message: string): Refusal {
  return new Refusal(400, "PGRST102", message);
}

/** PGRST103: a range that can't be satisfied ("Errors" › Group 1; "Pagination and Count"). */
export function rangeRefusal(details: string): Refusal {
  return new Refusal(416, "PGRST103", "Requested range not satisfiable", {
    details,
  });
}

/** PGRST116: one object was asked for and there is not exactly one row ("Resource Representation" › Singular or Plural). */
export function singularRefusal(rows: number): Refusal {
  return new Refusal(
    406,
    "PGRST116",
    "Cannot coerce the result to a single JSON object",
    {
      details: `The result contains ${rows} rows`,
    },
  );
}

/** PGRST204: a column that the schema cache does not know ("Errors" › Group 2). */
export function columnRefusal(table: string, column: string): Refusal {
  return new Refusal(
    400,
    "PGRST204",
    `Could not find the '${column}' column of '${table}' in the schema cache`,
  );
}
