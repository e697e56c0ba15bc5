/**
 * The one error class of the runtime, its closed list of codes, and the form
 * in which an error crosses between threads.
 *
 * Failures are told apart by `code`, never by class: a class does not survive
 * the way between a worker and its host, a code does.
 *
 * @module
 */

/** Every code an {@linkcode OsirisError} can have: `area/reason`. */
export const ERROR_CODES = [
  // what the user wrote
  "manifest/unreadable",
  "manifest/invalid",
  "config/invalid",
  "usage/invalid",
  // connections and secrets
  "connection/unreadable",
  "connection/invalid",
  "connection/unknown",
  "connection/unset-variable",
  "connection/refused",
  "connection/unknown-host",
  "connection/auth",
  "connection/unknown-database",
  "connection/lost",
  "connection/timeout",
  "connection/tls",
  "connection/too-many",
  "connection/wrong-server",
  // drivers and their sandbox
  "driver/unknown",
  "driver/invalid",
  "driver/unpinned",
  "driver/hash-mismatch",
  "driver/permission",
  "driver/crashed",
  "driver/exited",
  "driver/hung",
  "driver/flooded",
  "driver/protocol",
  "driver/memory",
  "permission/missing",
  "permission/not-granted",
  // files
  "file/not-found",
  "file/not-a-file",
  "file/not-readable",
  "file/not-writable",
  "file/no-folder",
  "file/busy",
  "file/disk-full",
  "file/failed",
  // rows and values
  "data/encoding",
  "data/ragged",
  "data/quote",
  "data/too-large",
  "data/type",
  "data/lossy",
  "data/syntax",
  "data/missing-column",
  "data/duplicate-column",
  "data/expression",
  "data/null-key",
  "data/duplicate-key",
  "data/count-mismatch",
  "data/zero-date",
  "data/rejected",
  "data/uncertain",
  // databases
  "sql/unknown-table",
  "sql/unknown-column",
  "sql/syntax",
  "sql/denied",
  "sql/unknown-function",
  "sql/duplicate-key",
  "sql/not-null",
  "sql/foreign-key",
  "sql/check",
  "sql/constraint",
  "sql/data-too-long",
  "sql/out-of-range",
  "sql/lock-timeout",
  "sql/statement-timeout",
  "sql/deadlock",
  "sql/read-only",
  "sql/table-full",
  "sql/packet-too-large",
  "sql/local-infile-off",
  "sql/failed",
  // HTTP interfaces
  "http/auth",
  "http/expired-token",
  "http/denied",
  "http/too-large",
  "http/rate-limited",
  "http/unavailable",
  "http/not-an-api",
  "http/stale-schema",
  "http/failed",
  // runs
  "run/folder",
  "run/interrupted",
  "run/deadline",
  "run/limit",
  "run/unknown",
  "run/locked",
  "run/drift",
  "run/cannot-resume",
  "run/cleanup",
  "state/invalid",
  "step/failed",
  "step/timeout",
  "step/cancelled",
  "internal/bug",
] as const;

/** A code of {@linkcode OsirisError}: `area/reason`. */
export type ErrorCode = typeof ERROR_CODES[number];

/** One thing wrong with an input: where it is, what is wrong, what to do. */
export interface Fault {
  /** Where: `steps[2].inputs.df`. */
  readonly path: string;
  /** What is wrong, with the value seen. */
  readonly message: string;
  /** What to do, when known: usually the nearest right name. */
  readonly hint?: string;
}

/** What an {@linkcode OsirisError} may carry besides code and message. */
export interface ErrorOptions {
  /** What led to it. Across threads only `name: message` of it survives. */
  readonly cause?: unknown;
  /** One imperative clause: what to do next. */
  readonly hint?: string;
  /** Id of the step it happened in. */
  readonly step?: string;
  /** All faults at once, for `manifest/invalid` and its like. */
  readonly faults?: readonly Fault[];
  /** Plain facts for programs: row, column, table, errno, … never a secret. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** An error of the runtime: `code` for programs, `message` and `hint` for people. */
export class OsirisError extends Error {
  /** Always `OsirisError`, also after it has crossed between threads. */
  override readonly name = "OsirisError";
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** What to do next, when known. */
  declare readonly hint?: string;
  /** Id of the step it happened in. */
  declare readonly step?: string;
  /** All faults at once, where an input had several. */
  declare readonly faults?: readonly Fault[];
  /** Plain facts for programs. */
  declare readonly details?: Readonly<
    Record<string, string | number | boolean | null>
  >;

  /**
   * Makes an error; options that are left out are not there at all.
   *
   * @param code What went wrong.
   * @param message `Cannot <action>: <where>: <state>`.
   */
  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(
      message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    if (options.hint !== undefined) this.hint = options.hint;
    if (options.step !== undefined) this.step = options.step;
    if (options.faults !== undefined) this.faults = options.faults;
    if (options.details !== undefined) this.details = options.details;
  }
}

/** An error as plain data, for messages between threads and processes. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly step?: string;
  readonly faults?: readonly Fault[];
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
  /** `Name: message` of the cause. */
  readonly cause?: string;
}

/** Whether `code` is one of {@linkcode ERROR_CODES}. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return (ERROR_CODES as readonly unknown[]).includes(code);
}

/** Turns whatever was thrown into an {@linkcode OsirisError}, keeping one as it is. */
export function toOsirisError(
  thrown: unknown,
  code: ErrorCode,
  action: string,
): OsirisError {
  if (thrown instanceof OsirisError) return thrown;
  if (isOfOtherCopy(thrown)) return decodeError(encodeError(thrown));
  const denied = permissionDenied(thrown);
  if (denied !== undefined) {
    return new OsirisError("driver/permission", `Cannot ${action}: ${denied}`, {
      cause: thrown,
      hint:
        "Name what the step needs in its config or connection, or grant it in the step's permissions",
    });
  }
  const text = thrown instanceof Error
    ? `${thrown.name}: ${thrown.message}`
    : String(thrown);
  return new OsirisError(code, `Cannot ${action}: ${text}`, { cause: thrown });
}

/** Whether it is an error of this class as another copy of this module has it: a bundled driver brings its own. */
function isOfOtherCopy(thrown: unknown): thrown is OsirisError {
  return thrown instanceof Error && thrown.name === "OsirisError" &&
    isErrorCode((thrown as { code?: unknown }).code);
}

/** The message of a refused permission anywhere in the chain of causes, if it is one. */
function permissionDenied(thrown: unknown): string | undefined {
  for (
    let error = thrown, depth = 0;
    error instanceof Error && depth < 8;
    depth++
  ) {
    if (
      error.name === "NotCapable" ||
      /^(NotCapable: )?Requires \w+ access/.test(error.message)
    ) {
      return error.message;
    }
    error = error.cause;
  }
  return undefined;
}

/** Encodes an error as plain data. @see {@linkcode decodeError} */
export function encodeError(error: OsirisError): WireError {
  const { code, message, hint, step, faults, details, cause } = error;
  return {
    code,
    message: message.slice(0, MAX_TEXT), // no more is read at the other end
    ...(hint !== undefined && { hint }),
    ...(step !== undefined && { step }),
    ...(faults !== undefined && { faults }),
    ...(details !== undefined && { details }),
    ...(cause !== undefined && {
      cause: (cause instanceof Error
        ? `${cause.name}: ${cause.message}`
        : String(cause)).slice(0, MAX_TEXT),
    }),
  };
}

/** Undoes {@linkcode encodeError}; what is not of its form becomes `driver/protocol`. */
export function decodeError(wire: unknown): OsirisError {
  if (typeof wire !== "object" || wire === null) return malformed();
  const { code, message, hint, step, faults, details, cause } = wire as Record<
    string,
    unknown
  >;
  if (!isErrorCode(code) || typeof message !== "string") return malformed();
  return new OsirisError(code, message.slice(0, MAX_TEXT), {
    ...(typeof hint === "string" && { hint: hint.slice(0, MAX_TEXT) }),
    ...(typeof step === "string" && { step }),
    ...(Array.isArray(faults) &&
      { faults: faults.slice(0, MAX_FAULTS).filter(isFault) }),
    ...(isPlainFacts(details) && { details }),
    ...(typeof cause === "string" &&
      { cause: new Error(cause.slice(0, MAX_TEXT)) }),
  });
}

const MAX_TEXT = 16_384;

/** Cut off first: a list may be long and hold nothing. */
const MAX_FAULTS = 1000;

function malformed(): OsirisError {
  return new OsirisError(
    "driver/protocol",
    "Cannot read an error of the driver: malformed message",
  );
}

function isFault(value: unknown): value is Fault {
  const fault = value as Fault | null;
  return typeof fault?.path === "string" && typeof fault.message === "string";
}

function isPlainFacts(
  value: unknown,
): value is Record<string, string | number | boolean | null> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((fact) =>
      fact === null || ["string", "number", "boolean"].includes(typeof fact)
    );
}
