// deno-lint-ignore-file no-console -- what it measures goes to the terminal
/**
 * Times whole commands side by side: runs them in turn, so that a machine whose
 * speed drifts treats both alike, and reads the kernel's own high-water mark of
 * each process's memory.
 *
 * @module
 */

/** A command to time. */
export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the seconds that count are the last line that the command prints. */
  readonly hasOwnClock?: boolean;
  /** Done before each run, not timed. */
  readonly before?: () => Promise<void>;
}

/** What the runs of one command came to. */
export interface Timing {
  readonly name: string;
  /** Seconds of each counted run. */
  readonly seconds: readonly number[];
  /** Highest resident memory of any run, in bytes: the process alone, without its children. */
  readonly peakRssBytes: number;
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs the contenders in turn, A B A B …, after one run of each that does not count.
 *
 * @param runs Counted runs of each.
 * @throws {Error} if a command fails.
 */
export async function race(
  contenders: readonly Contender[],
  runs = 3,
): Promise<Timing[]> {
  const timings = contenders.map(({ name }) => ({
    name,
    seconds: [] as number[],
    peakRssBytes: 0,
  }));
  for (let round = 0; round <= runs; round++) {
    for (const [index, contender] of contenders.entries()) {
      await contender.before?.();
      const { seconds, peakRssBytes } = await runOnce(contender);
      if (round === 0) continue;
      timings[index].seconds.push(seconds);
      timings[index].peakRssBytes = Math.max(
        timings[index].peakRssBytes,
        peakRssBytes,
      );
    }
  }
  return timings;
}

/** Runs a command once. @throws {Error} if it fails. */
export async function runOnce(
  { name, command, cwd, env, hasOwnClock = false }: Contender,
): Promise<{ seconds: number; peakRssBytes: number }> {
  const startedAt = performance.now();
  const child = new Deno.Command(command[0], {
    args: command.slice(1),
    cwd,
    env: { ...env },
    stdin: "null",
    stdout: hasOwnClock ? "piped" : "null",
    stderr: "piped",
  }).spawn();
  const said = hasOwnClock ? new Response(child.stdout).text() : "";
  const errors = new Response(child.stderr).text();
  let peakRssBytes = 0;
  const look = () => {
    peakRssBytes = Math.max(peakRssBytes, highWater(child.pid));
  };
  const timer = setInterval(look, 20);
  const { success, code } = await child.status;
  clearInterval(timer);
  if (!success) throw new Error(`${name} failed (${code}): ${await errors}`);
  const wall = (performance.now() - startedAt) / 1000;
  const own = (await said).trim().split("\n").at(-1);
  return { seconds: hasOwnClock ? Number(own) : wall, peakRssBytes };
}

/** `VmHWM` of a process, in bytes; 0 once it is gone. */
function highWater(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Prints a table of timings, each with its ratio to the rival. */
export function report(timings: readonly Timing[], rival: string): void {
  const base = median(timings.find(({ name }) => name === rival)!.seconds);
  for (const { name, seconds, peakRssBytes } of timings) {
    const middle = median(seconds);
    const spread = `${Math.min(...seconds).toFixed(2)}–${
      Math.max(...seconds).toFixed(2)
    }`;
    const ratio = name === rival
      ? ""
      : `${(middle / base).toFixed(2)} × ${rival}`;
    console.log(
      `${name.padEnd(34)} ${middle.toFixed(2).padStart(7)} s (${spread})  ` +
        `${(peakRssBytes / 1e6).toFixed(0).padStart(5)} MB  ${ratio}`,
    );
  }
}
