/**
 * Takes away from a worker, before any driver's code runs, what permissions do
 * not cover: shared channels, caches, nested workers, signals, standard input
 * and output.
 *
 * This is a second wall, not the first: what permissions deny stays denied
 * whatever happens here.
 *
 * @module
 */

/** Globals through which code could talk past its own ports or start more threads. */
const SHARED_GLOBALS = [
  "BroadcastChannel",
  "caches",
  "CacheStorage",
  "Cache",
  "Worker",
  "SharedWorker",
  "EventSource",
  "WebSocketStream",
  "localStorage",
  "sessionStorage",
  "Storage",
];

/** Members of `Deno` that act on the process rather than on the worker. */
const PROCESS_MEMBERS = [
  "addSignalListener",
  "removeSignalListener",
  "kill",
  "stdin",
  "stdout",
  "stderr",
  "Command",
  "dlopen",
  "openKv",
  "cron",
  "serve",
  "listen",
  "listenTls",
  "listenDatagram",
  "exit",
];

/**
 * Confines the calling worker.
 *
 * @param say Gets what the driver writes to the console, one line at a time.
 */
export function confine(say: (level: string, line: string) => void): void {
  for (const name of SHARED_GLOBALS) remove(globalThis, name);
  for (const name of PROCESS_MEMBERS) remove(Deno, name);
  remove(navigator, "locks");
  confineProcess();
  captureConsole(say);
}

function remove(owner: object, name: string): void {
  try {
    Object.defineProperty(owner, name, {
      value: undefined,
      writable: false,
      configurable: false,
    });
  } catch {
    // Not configurable: permissions still hold; nothing more can be done here.
  }
}

/** Node's `process` reaches the same signals and streams. */
function confineProcess(): void {
  const process = (globalThis as unknown as {
    process?: Record<string, unknown>;
  }).process;
  if (!process) return;
  for (const name of ["kill", "stdin", "stdout", "stderr", "abort", "exit"]) {
    remove(process, name);
  }
  for (
    const name of ["on", "addListener", "once", "prependListener"] as const
  ) {
    const listen = process[name] as
      | ((event: string, ...rest: unknown[]) => unknown)
      | undefined;
    if (typeof listen !== "function") continue;
    Object.defineProperty(process, name, {
      value(event: string, ...rest: unknown[]) {
        if (String(event).startsWith("SIG")) return process;
        return listen.call(process, event, ...rest);
      },
      writable: false,
      configurable: false,
    });
  }
}

function captureConsole(say: (level: string, line: string) => void): void {
  const levels = {
    log: "info",
    info: "info",
    debug: "debug",
    warn: "warn",
    error: "error",
    trace: "debug",
  };
  for (const [method, level] of Object.entries(levels)) {
    const write = (...values: unknown[]) =>
      say(level, values.map(asText).join(" "));
    Object.defineProperty(console, method, {
      value: write,
      writable: true,
      configurable: true,
    });
  }
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return value instanceof Error
    ? `${value.name}: ${value.message}`
    : Deno.inspect(value, { depth: 2 });
}
