/**
 * What a place where a step runs looks like from the host, whichever kind it is.
 *
 * @module
 */
import type { OsirisError } from "../error.ts";
import type { Permissions, PlannedFile } from "../plan/plan.ts";
import type { ToSandbox } from "../protocol.ts";
import type { WriteWatch } from "./file_stream.ts";
import type { MarkedFile } from "./target.ts";

/** What is needed to start a sandbox. */
export interface Launch {
  /** Shown in messages of the engine. */
  readonly name: string;
  /** Boot module: always one of ours. */
  readonly boot: URL;
  readonly permissions: Permissions;
}

/** Hears how far a file was read. */
export interface FileWatch {
  /** Called with the bytes of every chunk. */
  readonly count: (bytes: number) => void;
  /** Called once when the file is closed again, or could not be opened. */
  readonly closed: () => void;
}

/** A running sandbox that serves one step. */
export interface Sandbox {
  /** Whether permissions hold it. */
  readonly isSandboxed: boolean;
  /** Highest resident memory of its own process so far, in bytes; left out where it has none. */
  readonly peakRssBytes?: number;
  /** Sends a message. */
  post(message: ToSandbox, transfer?: Transferable[]): void;
  /**
   * Has a regular file opened beside the driver and answers question `id` there,
   * so that its bytes need not pass through the host. Left out where the host
   * itself is beside the driver.
   */
  readonly openSource?: (
    id: number,
    file: PlannedFile,
    watch: FileWatch,
  ) => void;
  /** Has a target written beside the driver, likewise. To be called before the step is started. */
  readonly openTarget?: (
    name: string,
    file: MarkedFile,
    watch: WriteWatch,
  ) => void;
  /** Sets who hears its messages (untrusted) and how it died, at most once. */
  listen(
    hear: (message: unknown) => void,
    died: (error: OsirisError) => void,
  ): void;
  /**
   * Ends it. Resolves to whether it has really ended: a worker that is busy
   * goes on in its thread until the process exits.
   */
  stop(): Promise<boolean>;
}
