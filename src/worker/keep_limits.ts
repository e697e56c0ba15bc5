/**
 * Holds a step's process to its limits, and tells what it takes, from a thread
 * that no driver can reach.
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

/** What a process has taken so far. */
export interface ProcessUsage {
  /** Highest resident memory, in bytes. */
  readonly rssBytes: number;
  /** CPU time of all threads, in seconds. */
  readonly cpuS: number;
}

/** Milliseconds between two looks: memory can grow by some 2 MB in one. */
const LOOK_MS = 10;

/** The same where nothing is limited. */
const IDLE_LOOK_MS = 50;

/** What has to come on top for it to be told again. */
const TELL_BYTES = 1 << 20;
const TELL_S = 0.1;

/** Looks at memory and CPU time until one is over its limit; then says so and ends the process. @param tell Hears from time to time what is taken. */
export function keepLimits(
  { memoryMb, cpuS }: ProcessLimits,
  over: (error: OsirisError) => void,
  tell: (usage: ProcessUsage) => void,
): void {
  let told: ProcessUsage = { rssBytes: 0, cpuS: 0 };
  const look = (): void => {
    const { rss } = Deno.memoryUsage();
    const { user, system } = cpuUsage();
    const seconds = (user + system) / 1e6;
    if (rss > told.rssBytes + TELL_BYTES || seconds > told.cpuS + TELL_S) {
      told = { rssBytes: Math.max(rss, told.rssBytes), cpuS: seconds };
      tell(told);
    }
    if (memoryMb !== null && rss > memoryMb * 2 ** 20) {
      end(memoryError(memoryMb));
    } else if (cpuS !== null && seconds > cpuS) end(cpuError(cpuS));
  };
  const end = (error: OsirisError): void => {
    clearInterval(timer);
    over(error);
    setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), 50);
  };
  const isLimited = memoryMb !== null || cpuS !== null;
  const timer = setInterval(look, isLimited ? LOOK_MS : IDLE_LOOK_MS);
  look(); // a short step may be over before the timer
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
