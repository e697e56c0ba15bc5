/**
 * The program of a step's own process: starts the driver in a worker beside
 * itself, confined as any other, and keeps the pipes to the host. The driver
 * never runs in the thread that holds the pipes, so that it can neither read
 * nor forge what is said on them, nor keep this thread from ending the process.
 *
 * It imports little, since the worker starts only when all of that is loaded;
 * the rest is loaded while the worker loads its own.
 *
 * @module
 */
import type { Boot } from "../pipe/boot.ts";
import { launchWorker } from "./launch_worker.ts";

async function main(): Promise<void> {
  // Ctrl-C reaches the whole group; it is the host that tells steps to stop.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    if (Deno.build.os !== "windows") Deno.addSignalListener(signal, () => {});
  }
  const boot = JSON.parse(Deno.args[0]) as Boot;
  const sandbox = launchWorker({ ...boot, boot: new URL(boot.boot) });
  const { keepPipes } = await import("./keep_pipes.ts");
  await keepPipes(boot, sandbox); // until the host closes its pipe, or is gone itself
}

if (import.meta.main) {
  try {
    await main();
  } finally {
    Deno.exit(0); // whatever the driver's thread is doing
  }
}
