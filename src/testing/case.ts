/**
 * A case of the conformance kit, and what it works on.
 *
 * @module
 */
import type { DriverRegistry } from "../driver/registry.ts";
import type { DriverSpec } from "../driver/spec.ts";
import type { ErrorCode } from "../error.ts";
import type { LogicalType } from "../table/type.ts";
import type { DriverTestOptions, Subject } from "./run_driver.ts";

/** One case. */
export interface Case {
  /** What the driver does, after its name: "gives an empty table". */
  readonly name: string;
  /** Why it does not apply, or null when it does. */
  readonly waitsFor: (trial: Trial) => string | null;
  /** Tries it. @throws {AssertionError} when the driver does otherwise. */
  readonly run: (trial: Trial) => Promise<void>;
}

/** With what a driver is tried. `config`, `files` and `connection` are of a run that ends well. */
export interface ConformanceOptions extends DriverTestOptions {
  /** What makes an extractor give no row; other drivers get a table without rows. */
  readonly empty?: Partial<DriverTestOptions>;
  /** What makes it fail, and with which code. */
  readonly failing?: Partial<DriverTestOptions> & { readonly code: ErrorCode };
  /** What a run with a column of a type needs, where that differs from type to type. */
  readonly eachType?: (
    type: LogicalType,
    name: string,
  ) => Partial<DriverTestOptions>;
  /** Called before each run: empties a table, say. */
  readonly before?: () => Promise<void> | void;
  /** Begins the names of the tests; the driver's name by default. */
  readonly label?: string;
}

/** What a case works on. */
export interface Trial {
  readonly subject: Subject;
  readonly spec: DriverSpec;
  readonly options: ConformanceOptions;
  readonly builtin: DriverRegistry;
}
