/**
 * Runs a list of verbs over a table, and says where it failed.
 *
 * @module
 */
import type { RowReason } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { didYouMean } from "../../src/suggest.ts";
import { badArgument, isObject } from "./args.ts";
import type { LazyTable } from "./table.ts";
import { ROWWISE } from "./rowwise_verbs.ts";
import { DROPS, KEEPS, OPEN_VERBS, VERBS } from "./verbs/all.ts";
import { NO_KEYS, type State, type Verb, type VerbCall } from "./verbs/verb.ts";

/** A verb with what stands under it. */
export interface VerbEntry {
  readonly name: string;
  readonly verb: Verb;
  readonly args: unknown;
  /** `verbs[2].filter` */
  readonly path: string;
}

/** What came out, and which rows didn't. */
export interface VerbsResult {
  readonly table: LazyTable;
  /** Rows left out by reason; null when rows can't be counted one for one. */
  readonly dropped: ReadonlyMap<RowReason, number> | null;
}

/** What the verbs work with besides their table. */
export interface VerbsInput {
  readonly tables: ReadonlyMap<string, LazyTable>;
  readonly params: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** What a rehearsal found. */
export interface Rehearsal {
  /** The result without rows; null when its columns depend on the data. */
  readonly table: LazyTable | null;
  /** Whether each row's fate depends on that row alone. */
  readonly isRowwise: boolean;
}

/** Reads the list of verbs. @throws {OsirisError} `config/invalid` */
export function readVerbs(verbs: readonly unknown[]): VerbEntry[] {
  return verbs.map((entry, i) => {
    const path = `verbs[${i}]`;
    const keys = isObject(entry) ? Object.keys(entry) : [];
    if (keys.length !== 1) {
      throw badArgument(
        path,
        "not one verb with what belongs to it",
        'Write it as - filter: "d.price > 0"',
      );
    }
    const [name] = keys;
    if (!Object.hasOwn(VERBS, name)) {
      throw badArgument(
        `${path}.${name}`,
        "unknown verb",
        didYouMean(name, Object.keys(VERBS)),
      );
    }
    const args = (entry as Record<string, unknown>)[name];
    return { name, verb: VERBS[name], args, path: `${path}.${name}` };
  });
}

/**
 * Runs verbs over tables without rows, so that faults show before there is
 * data; up to the first verb whose columns depend on the data.
 */
export function rehearse(
  table: LazyTable,
  verbs: readonly VerbEntry[],
  input: VerbsInput,
): Rehearsal {
  const open = verbs.findIndex(({ name }) => OPEN_VERBS.has(name));
  let isRowwise = verbs.every(({ name }) => ROWWISE.includes(name));
  const seen = (overRows: boolean): void => {
    if (overRows) isRowwise = false;
  };
  const tried = open < 0 ? verbs : verbs.slice(0, open + 1);
  const result = runVerbs(table, tried, { ...input, seen });
  return { table: open < 0 ? result.table : null, isRowwise };
}

/** Runs verbs, one after another. */
export function runVerbs(
  table: LazyTable,
  verbs: readonly VerbEntry[],
  { tables, params, signal, seen }: VerbsInput & Pick<VerbCall, "seen">,
): VerbsResult {
  let state: State = { table, keys: NO_KEYS };
  const dropped = new Map<RowReason, number>();
  let isExact = true;
  for (const { name, verb, args, path } of verbs) {
    signal.throwIfAborted();
    const before = state.table.numRows();
    try {
      state = verb(state, args, {
        path,
        tables,
        params,
        ...(seen !== undefined && { seen }),
      });
    } catch (error) {
      throw explained(error, path);
    }
    const left = before - state.table.numRows();
    const reason = DROPS[name];
    if (reason !== undefined && left >= 0) {
      dropped.set(reason, (dropped.get(reason) ?? 0) + left);
    } else if (!KEEPS.has(name)) isExact = false;
  }
  return { table: state.table, dropped: isExact ? dropped : null };
}

/** An error of Arquero's or of an expression, with its place and what to do. */
function explained(error: unknown, path: string): unknown {
  if (error instanceof OsirisError) return error;
  if (!(error instanceof Error)) return error;
  if (error instanceof TypeError && /BigInt/.test(error.message)) {
    return new OsirisError(
      "data/lossy",
      `Cannot calculate: ${path}: an integer beyond 2^53 meets a number`,
      {
        cause: error,
        hint:
          'Add its column to "allow_lossy" to calculate with rounded numbers',
        details: { path },
      },
    );
  }
  return new OsirisError(
    "data/expression",
    `Cannot run the verb: ${path}: ${firstLine(error.message)}`,
    {
      cause: error,
      hint: "Compare the verb with its entry in Arquero's documentation",
      details: { path },
    },
  );
}

function firstLine(message: string): string {
  return message.split("\n")[0].slice(0, 300);
}
