/**
 * Opens a step's files in the step's own process, in the thread beside the
 * driver: their bytes need not pass through the host and its pipe. Which file,
 * and when, the host decides; the driver's thread holds no permission for them.
 *
 * @module
 */
import { encodeError, type OsirisError } from "../error.ts";
import { openSource } from "./source.ts";
import type { Sandbox } from "./sandbox.ts";

/** Tells a step's process to open a file and to answer question `id` with its bytes. */
export interface SourceOrder {
  readonly t: "source";
  readonly id: number;
  /** As the user wrote it. */
  readonly path: string;
  /** Absolute. */
  readonly resolved: string;
}

/** Tells the host how a file is read: bytes of a chunk, null once it is closed. */
export interface SourceNote {
  readonly id: number;
  readonly bytes: number | null;
}

/** Whether a message is for the thread beside the driver. */
export function isSourceOrder(message: unknown): message is SourceOrder {
  return (message as { t?: unknown } | null)?.t === "source";
}

/** Opens a file and gives its port to the driver, or says why not. */
export async function serveSource(
  { id, path, resolved }: SourceOrder,
  sandbox: Sandbox,
  note: (note: SourceNote) => void,
): Promise<void> {
  const closed = (): void => note({ id, bytes: null });
  try {
    const port = await openSource(
      { path, resolved },
      new AbortController().signal, // the process ends with its step
      (bytes) => note({ id, bytes }),
      closed,
    );
    sandbox.post({ t: "opened", id, port }, [port]);
  } catch (thrown) {
    closed();
    const error = encodeError(thrown as OsirisError);
    sandbox.post({ t: "refused", id, error });
  }
}
