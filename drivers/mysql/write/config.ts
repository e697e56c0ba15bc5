/**
 * The config of `mysql.writer`.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";

/** What happens to rows that are there. */
export type WriteMode = "append" | "replace" | "upsert";

/** The config as the user writes it, checked against its schema. */
export interface WriterConfig {
  readonly table: string;
  readonly schema?: string | null;
  readonly mode?: WriteMode;
  readonly "write_mode"?: WriteMode;
  readonly "upsert_keys"?: string | readonly string[];
  readonly "primary_key"?: string | readonly string[];
  readonly "create_table"?: boolean;
  readonly "truncate_before"?: boolean;
  readonly "batch_size"?: number;
  readonly "commit_every"?: number;
  readonly columns?: readonly string[] | Readonly<Record<string, string>>;
  readonly "column_types"?: Readonly<Record<string, string>>;
  readonly bulk?: "auto" | "load_data" | "insert";
  readonly "allow_lossy"?: readonly string[];
}

/** What the config asks for, aliases resolved. */
export interface WriteRequest {
  readonly table: string;
  readonly schema: string | null;
  readonly mode: WriteMode;
  /** Columns by which rows are told apart; empty when none are named. */
  readonly keys: readonly string[];
  readonly createTable: boolean;
  /** Rows of one INSERT at most; null for as many as fit. */
  readonly insertRows: number | null;
  readonly commitEvery: number | null;
  readonly columns: WriterConfig["columns"];
  readonly columnTypes: Readonly<Record<string, string>>;
  readonly bulk: "auto" | "load_data" | "insert";
  readonly allowLossy: ReadonlySet<string>;
}

/**
 * Reads the config.
 *
 * @throws {OsirisError} `config/invalid`
 */
export function readRequest(config: WriterConfig): WriteRequest {
  const mode = config.mode ?? config.write_mode ?? "append";
  const keys = list(config.upsert_keys ?? config.primary_key);
  if (mode === "upsert" && keys.length === 0) {
    throw invalid(
      "mode: upsert without upsert_keys",
      "Name the columns in upsert_keys by which rows are told apart",
    );
  }
  const commitEvery = config.commit_every ?? null;
  const empties = mode === "replace" || config.truncate_before === true;
  if (commitEvery !== null && (mode !== "append" || empties)) {
    throw invalid(
      "commit_every: only for rows that are added",
      "Take commit_every away: replace and upsert change the table at once",
    );
  }
  if (mode === "upsert" && config.truncate_before === true) {
    throw invalid(
      "truncate_before: not together with mode: upsert",
      "Use mode: replace",
    );
  }
  return {
    table: config.table,
    schema: config.schema ?? null,
    // To empty the table and then add is to replace, and that can be undone.
    mode: empties ? "replace" : mode,
    keys,
    createTable: config.create_table ?? false,
    insertRows: config.batch_size ?? null,
    commitEvery,
    columns: config.columns,
    columnTypes: config.column_types ?? {},
    bulk: config.bulk ?? "auto",
    allowLossy: new Set(config.allow_lossy),
  };
}

function list(value: string | readonly string[] | undefined): string[] {
  if (value === undefined) return [];
  return typeof value === "string"
    ? value.split(",").map((name) => name.trim())
    : [...value];
}

function invalid(state: string, hint: string): OsirisError {
  return new OsirisError("config/invalid", `Cannot write: ${state}`, { hint });
}
