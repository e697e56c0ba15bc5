// deno-lint-ignore-file camelcase -- fields are named as in connections and configs
/**
 * The config of `supabase.extractor`, as its schema leaves it.
 *
 * @module
 */
import type { FilterConfig } from "./filter.ts";

/** What `cursor` holds. */
export type CursorConfig = {
  readonly column: string;
  readonly from?: string | number | null;
  readonly to?: string | number | null;
  readonly overlap?: string | number;
  readonly keys?: readonly string[];
  readonly nulls: "error" | "skip" | "include";
};

/** The config, defaults filled in. */
export type ExtractorConfig = {
  readonly table?: string;
  readonly view?: string;
  readonly rpc?: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly schema?: string;
  readonly select: string;
  readonly embedded: "flatten" | "json";
  readonly filter?: FilterConfig;
  readonly order?: string | readonly string[];
  readonly limit?: number;
  readonly offset: number;
  readonly key?: string | readonly string[];
  readonly types: Readonly<Record<string, string>>;
  readonly allow_lossy: readonly string[];
  readonly on_change: "warn" | "fail";
  readonly page_size: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly retries: number;
  readonly cursor?: CursorConfig;
};
