/**
 * Watches how much memory the process holds.
 *
 * @module
 */

/** Milliseconds between two looks. */
const LOOK_MS = 100;

/** Looks at the resident memory until it is stopped. @returns `stop`, which gives the highest seen, in bytes. */
export function watchMemory(): { stop(): number } {
  let peak = Deno.memoryUsage().rss;
  const timer = setInterval(() => {
    peak = Math.max(peak, Deno.memoryUsage().rss);
  }, LOOK_MS);
  return {
    stop(): number {
      clearInterval(timer);
      return Math.max(peak, Deno.memoryUsage().rss);
    },
  };
}
