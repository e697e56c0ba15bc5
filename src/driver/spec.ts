/**
 * A driver's description of itself: plain data, so that it can be listed,
 * checked, documented, shown in a plan and locked without running the driver.
 *
 * @module
 */

/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** What kind of work a driver does with tables. */
export type DriverMode = "extract" | "transform" | "write";

/**
 * A file that the host opens for the driver, which itself holds no permission.
 *
 * For `write` the driver fills a file beside the target; the host renames it
 * into place after the step, and removes it when the step fails.
 */
export interface FileNeed {
  /** Whether the driver reads the file or fills it. */
  readonly mode: "read" | "write";
  /** Template of the path, such as `"{config.path}"`. */
  readonly path: string;
  /**
   * Template of the folder a relative path is in, such as
   * `"{connection.base_dir}"`; the working directory of the run when it is
   * left out or names nothing.
   */
  readonly base?: string;
  /** Whether missing parent folders are made (write). A template or a fixed answer. */
  readonly createFolders?: boolean | string;
}

/**
 * One permission item: a template, or a template that counts only when another
 * value is there (`when`) or is not there (`unless`).
 */
export type NeedItem =
  | string
  | {
    readonly item: string;
    readonly when?: string;
    readonly unless?: string;
  };

/**
 * The permissions that a step of this driver needs, as templates over its
 * config and connection: `"{connection.host|localhost}:{connection.port|3306}"`.
 * `{a.b|c}` is the value at `a.b`, or `c` when there is none. An item that
 * refers to something missing without a default is left out.
 *
 * Files that the host opens (`files`) are not listed here.
 */
export interface Needs {
  /** `host:port` entries that the step connects to. */
  readonly net?: readonly NeedItem[];
  /** Paths that the step itself reads. */
  readonly read?: readonly NeedItem[];
  /** Paths that the step itself writes. */
  readonly write?: readonly NeedItem[];
}

/** What a driver can do beyond the minimum. */
export interface Capabilities {
  /**
   * Takes its input batch by batch, so that it may run while its producer does:
   * always, or with a config that fits a schema. Otherwise its inputs count in
   * the run's memory budget as held whole while it runs.
   */
  readonly streaming?: boolean | JsonSchema;
  /** Has `cursor` in its config: incremental reads with durable state. */
  readonly incremental?: boolean;
  /** Accepts `rejects` in the step: bad rows are collected instead of failing. */
  readonly rejects?: boolean;
  /** Answers `probe` (connections doctor) and `discover`. */
  readonly probe?: boolean;
  /** Sends its requests through the host, which puts the secret in: the named connection fields never enter the worker. */
  readonly brokeredSecrets?: readonly string[];
}

/** A driver's description of itself. Plain data: it survives `structuredClone`. */
export interface DriverSpec {
  /** `family.role`, such as `mysql.extractor`. */
  readonly name: string;
  /** Semantic version of the driver. */
  readonly version: string;
  /** One sentence. */
  readonly summary: string;
  /** What it does with tables: gives, changes or stores them. */
  readonly mode: DriverMode;
  /** Schema of `config`: `type: "object"`, `additionalProperties: false`, a `description` for every property. */
  readonly config: JsonSchema;
  /**
   * Whether the step has a connection and of which family. Left out: none is
   * allowed. `required: false`: only when the config names one.
   */
  readonly connection?: {
    readonly family: string;
    readonly required: boolean;
    /** Schema of the connection's fields. */
    readonly fields: JsonSchema;
    /** Fields that are secret: masked everywhere. */
    readonly secrets: readonly string[];
  };
  /** How many tables it takes; `max: null` is any number. Extractors take none. */
  readonly inputs: { readonly min: number; readonly max: number | null };
  /** Whether it gives a table. */
  readonly output: boolean;
  /** Files by the name under which the driver gets them. */
  readonly files?: Readonly<Record<string, FileNeed>>;
  /** Permissions that a step of it needs; none if left out. */
  readonly needs?: Needs;
  /** What it can do beyond the minimum; nothing if left out. */
  readonly capabilities?: Capabilities;
}
