/**
 * Starts a sandbox that is a Deno worker with exactly the permissions of its
 * step. All eight kinds are spelled out: one that is left out by a bug must be
 * nothing, never everything.
 *
 * @module
 */
import { lockManager } from "../channel/locks.ts";
import { OsirisError } from "../error.ts";
import type { Permissions } from "../plan/plan.ts";
import type { ToSandbox } from "../protocol.ts";
import type { Launch, Sandbox } from "./sandbox.ts";

/** How long a worker that was told to end may take before it counts as stuck, in milliseconds. */
const END_MS = 1000;

/** Starts a worker. @throws {OsirisError} `permission/missing` when this process holds less than the worker is to get. */
export function launchWorker({ name, boot, permissions }: Launch): Sandbox {
  const worker = openWorker(name, boot, permissions);
  const lock = `osiris-${crypto.randomUUID()}`;
  let hear: (message: unknown) => void = () => {};
  let death: OsirisError | undefined;
  let died = (error: OsirisError): void => void (death ??= error);
  const early: unknown[] = [];
  let isListening = false;
  let isStopping = false;
  let isAlive = false;
  let isGone = false;
  const gone = Promise.withResolvers<void>();

  worker.onerror = (event) => {
    event.preventDefault(); // otherwise the host dies with its worker
    died(crashed(name, event.message));
    if (!isAlive) gone.resolve(); // its code did not load: there is no lock to watch
  };
  worker.onmessageerror = () => died(garbled(name));
  worker.onmessage = ({ data }: MessageEvent) => {
    if (data?.t === "ready") {
      worker.postMessage({ t: "hello", lock } satisfies ToSandbox);
    } else if (data?.t === "alive" && !isAlive) {
      isAlive = true;
      watch();
    }
    if (isListening) hear(data);
    else early.push(data);
  };

  function watch(): void {
    lockManager().request(lock, () => {
      isGone = true;
      gone.resolve();
      // An uncaught error releases the lock just before its event arrives.
      setTimeout(() => isStopping || died(ended(name)), 20);
    });
  }

  return {
    isSandboxed: true,
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen(onMessage, onDeath) {
      [hear, died, isListening] = [onMessage, onDeath, true];
      for (const message of early.splice(0)) hear(message);
      if (death) died(death); // it died while it was being warmed
    },
    async stop(): Promise<boolean> {
      isStopping = true;
      worker.terminate();
      if (!isAlive) return true;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) =>
        timer = setTimeout(resolve, END_MS)
      );
      await Promise.race([gone.promise, late]);
      clearTimeout(timer);
      return isGone;
    },
  };
}

function openWorker(name: string, boot: URL, needs: Permissions): Worker {
  const permissions = {
    net: [...needs.net],
    read: [...needs.read],
    write: [...needs.write],
    env: false,
    sys: false,
    run: false,
    ffi: false,
    import: [...(needs.import ?? [])],
  };
  try {
    return new Worker(boot, {
      type: "module",
      name,
      deno: { permissions },
    } as unknown as WorkerOptions);
  } catch (cause) {
    throw new OsirisError(
      "permission/missing",
      `Cannot start sandbox of "${name}": this run holds less than the step needs`,
      { cause, hint: "Run `osiris plan` for the command line that suffices" },
    );
  }
}

function crashed(name: string, message: string): OsirisError {
  return new OsirisError(
    "driver/crashed",
    `Cannot complete step "${name}": its driver had an uncaught error: ${message}`,
    { step: name },
  );
}

function ended(name: string): OsirisError {
  return new OsirisError(
    "driver/exited",
    `Cannot complete step "${name}": its driver ended without a result`,
    { step: name },
  );
}

function garbled(name: string): OsirisError {
  return new OsirisError(
    "driver/protocol",
    `Cannot complete step "${name}": a message of its driver could not be read`,
    { step: name },
  );
}
