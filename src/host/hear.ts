/**
 * Checks what a sandbox says. It is untrusted: each message is rebuilt from
 * what is known of its kind, and anything else of it refused.
 *
 * @module
 */
import type { CommittedPart, Json, StepReport } from "../driver/driver.ts";
import { decodeError, OsirisError } from "../error.ts";
import {
  type Counts,
  type FromSandbox,
  MAX_FACTS,
  MAX_STATE,
  MAX_TEXT,
  MAX_TOKEN,
  ownName,
  type WireRequest,
} from "../protocol.ts";
import { boundedJson } from "./bounded_json.ts";
import { isForged, plainText, SANDBOX_CODES } from "./forgery.ts";

/** A message of a sandbox whose every part is of the kind it should be. */
export type Heard =
  | Exclude<FromSandbox, { t: "failed" } | { t: "done" }>
  | { readonly t: "failed"; readonly error: OsirisError }
  | { readonly t: "done"; readonly result: unknown; readonly counts: unknown };

type Fields = Readonly<Record<string, unknown>>;
type Kind = Heard["t"];

/** What is read of a message of each kind. */
const READERS: { readonly [K in Kind]: (m: Fields) => Omit<Heard, "t"> } = {
  ready: () => ({}),
  alive: () => ({}),
  beat: ({ moves, waits }) => ({
    moves: count(moves ?? 0),
    waits: waits === true,
  }),
  denied: ({ message }) => ({ message: plainText(text(message, MAX_TEXT)) }),
  log: ({ level, message }) => ({
    level: oneOf(["debug", "info", "warn", "error"], level),
    message: plainText(text(message, MAX_TEXT)),
  }),
  emit: ({ name, facts }) => ({
    name: allowed(eventName(name)),
    facts: plainFacts(facts),
  }),
  measure: ({ name, value, unit }) => ({
    name: allowed(eventName(name)),
    value: finite(value),
    unit: plainText(text(unit, 32)),
  }),
  progress: ({ rows }) => ({ rows: count(rows) }),
  account: ({ reason, rows }) => ({
    reason: oneOf(["filtered", "rejected", "deduplicated", "limited"], reason),
    rows: count(rows),
  }),
  state: ({ state }) => ({ state: plainJson(state, MAX_STATE, same) }),
  commit: ({ id, token, rows, isOver }) => ({
    id: count(id),
    rows: rows === null ? null : count(rows),
    token: token === null ? null : plainText(text(token, MAX_TOKEN)),
    isOver: isOver === true,
  }),
  hold: ({ id, bytes }) => ({ id: count(id), bytes: count(bytes) }),
  open: ({ id, name }) => ({ id: count(id), name: text(name, MAX_NAME) }),
  fetch: ({ id, request }) => ({
    id: count(id),
    request: wireRequest(request),
  }),
  "abort-fetch": ({ id }) => ({ id: count(id) }),
  done: ({ result, counts }) => ({ result, counts }),
  failed: ({ error }) => ({ error: sandboxError(error) }),
};

/** The names of a message's parts by its kind, besides `t`. */
const PARTS: { readonly [K in Kind]: readonly string[] } = {
  ready: [],
  alive: [],
  beat: ["moves", "waits"],
  denied: ["message"],
  log: ["level", "message"],
  emit: ["name", "facts"],
  measure: ["name", "value", "unit"],
  progress: ["rows"],
  account: ["reason", "rows"],
  state: ["state"],
  commit: ["id", "token", "rows", "isOver"],
  hold: ["id", "bytes"],
  open: ["id", "name"],
  fetch: ["id", "request"],
  "abort-fetch": ["id"],
  done: ["result", "counts"],
  failed: ["error"],
};

/**
 * Checks a message.
 *
 * @throws {TypeError} when it is not one: its sender has broken the protocol.
 */
export function hear(untrusted: unknown): Heard {
  const message = fields(untrusted);
  const kind = oneOf(Object.keys(PARTS) as Kind[], message.t);
  // What nobody reads may still be large: a part that it does not have is a fault.
  for (const name of Object.keys(message)) {
    if (name !== "t" && !PARTS[kind].includes(name)) {
      throw new TypeError("unknown part");
    }
  }
  return { t: kind, ...READERS[kind](message) } as Heard;
}

/** Longest name of a file, header or method, in characters. */
const MAX_NAME = 1024;

/** Most bytes that a request may send at once. */
const MAX_BODY = 256 << 20;

/** Checks the counts of a step whose inputs have these names. @throws {TypeError} */
export function checkCounts(value: unknown, names: readonly string[]): Counts {
  const { inputs, rowsOut, bytesOut } = fields(value);
  const seen = fields(inputs);
  const checked = names.map((name) => {
    const { rows, isComplete } = fields(
      Object.hasOwn(seen, name) ? seen[name] : undefined,
    );
    const facts = { rows: count(rows), isComplete: isComplete === true };
    return [name, facts] as const;
  });
  return {
    inputs: Object.fromEntries(checked),
    rowsOut: count(rowsOut),
    bytesOut: count(bytesOut),
  };
}

/**
 * Checks what a driver's `run` came to: nothing, or a writer's report.
 *
 * @param committed What the step was told of rows that were there before: it
 * must have left out these, or they are there twice.
 * @throws {TypeError}
 */
export function checkReport(
  value: unknown,
  committed: CommittedPart | null = null,
): StepReport | null {
  if (value === null || value === undefined) return null;
  const { rowsWritten, rowsBefore = 0, bytesWritten } = fields(value);
  const before = count(rowsBefore);
  if (![committed?.rows ?? 0, committed?.announced].includes(before)) {
    throw new TypeError("it went on after other rows than were there");
  }
  return {
    rowsWritten: count(rowsWritten),
    rowsBefore: before,
    ...(bytesWritten !== undefined && { bytesWritten: count(bytesWritten) }),
  };
}

function sandboxError(wire: unknown): OsirisError {
  const { code, message, hint, step, faults, details, cause } = decodeError(
    wire,
  );
  const isOwn = SANDBOX_CODES.test(code);
  return new OsirisError(isOwn ? code : "step/failed", plainText(message), {
    ...(hint !== undefined && { hint: plainText(hint) }),
    ...(step !== undefined && { step: step.slice(0, MAX_NAME) }),
    ...(faults !== undefined && {
      faults: faults.map((fault) => ({
        path: plainText(fault.path.slice(0, MAX_NAME)),
        message: plainText(fault.message.slice(0, MAX_NAME)),
        ...(typeof fault.hint === "string" &&
          { hint: plainText(fault.hint.slice(0, MAX_NAME)) }),
      })),
    }),
    ...(details !== undefined && {
      details: plainFacts(details) as typeof details,
    }),
    ...(cause instanceof Error && {
      cause: new Error(plainText(cause.message)),
    }),
  });
}

function wireRequest(value: unknown): WireRequest {
  const { url, method, headers, body } = fields(value);
  if (!Array.isArray(headers) || headers.length > 200) {
    throw new TypeError("not headers");
  }
  if (body !== null && !isOwnBytes(body, MAX_BODY)) {
    throw new TypeError("not a body");
  }
  return {
    url: text(url, MAX_TEXT),
    method: text(method, 32),
    headers: Array.from(headers, header),
    body: body as Uint8Array<ArrayBuffer> | null,
  };
}

/** What `fetch` would refuse is refused here: it repeats the value, with secrets put in. */
function header(pair: unknown): [string, string] {
  if (!Array.isArray(pair)) throw new TypeError("not headers");
  const [name, value] = [text(pair[0], MAX_NAME), text(pair[1], MAX_TEXT)];
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name) || !isHeaderValue(value)) {
    throw new TypeError("not headers");
  }
  return [name, value];
}

/** Whether a text can be the value of a header. */
export function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

/** Bytes that nobody else can change while they are read. */
export function isOwnBytes(
  value: unknown,
  atMost: number,
): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array && value.buffer instanceof ArrayBuffer &&
    value.length <= atMost;
}

function fields(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("not fields");
  }
  return value as Fields;
}

function text(value: unknown, atMost: number): string {
  if (typeof value !== "string" || value.length > atMost) {
    throw new TypeError("not text");
  }
  return value;
}

function finite(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new TypeError("not a number");
  }
  return value;
}

function count(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new TypeError("not a count");
  }
  return value as number;
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new TypeError("not a known word");
  return found;
}

function eventName(value: unknown): string {
  if (!ownName(value)) throw new TypeError("not a name");
  return value;
}

function allowed(name: string): string {
  if (isForged(name)) throw new TypeError("a name of the runtime's");
  return name;
}

/** Facts without those by which the runtime says whose they are. */
function plainFacts(value: unknown): Record<string, Json> {
  const facts = plainJson(value ?? {}, MAX_FACTS, plainText);
  if (typeof facts !== "object" || facts === null || Array.isArray(facts)) {
    throw new TypeError("not facts");
  }
  if (Object.keys(facts).some(isForged)) throw new TypeError("not its facts");
  return facts as Record<string, Json>;
}

/** The same value made anew from its JSON, so that nothing of the sender's survives but data. */
function plainJson(
  value: unknown,
  atMost: number,
  clean: (text: string) => string,
): Json {
  return JSON.parse(boundedJson(value, atMost), (key, item) => {
    if (key === "__proto__") return undefined;
    return typeof item === "string" ? clean(item) : item;
  });
}

const same = (text: string): string => text;
