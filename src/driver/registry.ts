/**
 * The map from driver names to where their code is. A run gets one as an
 * argument; nothing registers itself.
 *
 * @module
 */
import type { Driver } from "./driver.ts";
import type { DriverSpec } from "./spec.ts";

/** Where a driver's code comes from, which decides how it is isolated. */
export type DriverOrigin =
  /** Ours: a boot module of its own, with the driver in its static graph. */
  | {
    readonly kind: "builtin";
    readonly worker: URL;
    readonly load: () => Promise<{ readonly default: Driver }>;
  }
  /** The user's module: loaded by computed `import()` inside the sandbox. */
  | {
    readonly kind: "module";
    readonly url: string;
    /** SHA-256 of all its code, where it can be known before it is loaded. */
    readonly sha256?: string;
    /** As the user wrote it, without a pin; `url` is what the sandbox imports. */
    readonly source?: string;
    /** The `osiris.drivers.yaml` that gives it its name, if one does. */
    readonly declaredIn?: string;
    /** Real paths of the local files that it is made of: the sandbox may read them. */
    readonly files?: readonly string[];
    /** `host:port` entries from which parts of it are loaded. */
    readonly imports?: readonly string[];
  }
  /** An object of the importing script: runs in its thread, unsandboxed. */
  | { readonly kind: "object"; readonly driver: Driver };

/** A driver that steps may name. */
export interface RegisteredDriver {
  /** The driver's description, known without running it. */
  readonly spec: DriverSpec;
  /** Where its code comes from. */
  readonly origin: DriverOrigin;
}

/** Drivers by name. */
export type DriverRegistry = ReadonlyMap<string, RegisteredDriver>;
