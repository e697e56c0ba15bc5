/**
 * Holds a step's process to its limits, from a thread that no driver can reach.
 *
 * @module
 */
import { OsirisError } from "../error.ts";

/** Limits of a process; null = none. */
export interface ProcessLimits {
  /** Resident memory in MB. */
  readonly memoryMb: number | null;
  /** CPU time of all threads, in seconds. */
  readonly cpuS: number | null;
}

/** CPU time of all threads so far, in microseconds; untyped in 2.9.6. */
const { cpuUsage } = Deno as unknown as {
  cpuUsage(): { readonly user: number; readonly system: number };
};

/** Milliseconds between two looks: memory can grow by some 2 MB in one. */
const LOOK_MS = 10;

/** Looks at memory and CPU time until one is over its limit; then says so and ends the process. */
export function keepLimits(
  { memoryMb, cpuS }: ProcessLimits,
  over: (error: OsirisError) => void,
): void {
  if (memoryMb === null && cpuS === null) return;
  const look = (): void => {
    if (memoryMb !== null && Deno.memoryUsage().rss > memoryMb * 2 ** 20) {
      return end(memoryError(memoryMb));
    }
    if (cpuS === null) return;
    const { user, system } = cpuUsage();
    if (user + system > cpuS * 1e6) end(cpuError(cpuS));
  };
  const end = (error: OsirisError): void => {
    clearInterval(timer);
    over(error);
    setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), 50);
  };
  const timer = setInterval(look, LOOK_MS);
}

/** The error of a step that takes too much memory. @param memoryMb Null when it is the engine that gave up. */
export function memoryError(memoryMb: number | null): OsirisError {
  return new OsirisError(
    "driver/memory",
    `Cannot complete step: its process takes more memory than ${
      memoryMb === null ? "its heap may" : `${memoryMb} MB`
    }`,
    { hint: "Raise limits.memory_mb, or work in smaller batches" },
  );
}

function cpuError(cpuS: number): OsirisError {
  return new OsirisError(
    "run/limit",
    `Cannot complete step: its process took more than ${cpuS} s of CPU time`,
    { hint: "Raise limits.cpu_s, or do less in one step" },
  );
}
