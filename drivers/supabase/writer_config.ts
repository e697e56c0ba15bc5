// deno-lint-ignore-file camelcase -- fields are named as in configs
/**
 * The config of `supabase.writer`, as its schema leaves it.
 *
 * @module
 */

/** How rows meet those that are there. */
export type WriteMode = "append" | "upsert" | "replace";

/** The config, defaults filled in. */
export type WriterConfig = {
  readonly table: string;
  readonly schema?: string;
  readonly write_mode: WriteMode | "insert";
  readonly primary_key?: string | readonly string[];
  readonly channel: "auto" | "rest" | "direct";
  readonly create_if_missing: boolean;
  readonly row_level_security: boolean;
  readonly ddl_channel: "auto" | "direct" | "psycopg2" | "http_sql";
  readonly batch_size: number;
  readonly returning: "minimal" | "representation";
  readonly on_uncertain: "fail" | "resend";
  readonly allow_lossy: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
  readonly retries: number;
};
