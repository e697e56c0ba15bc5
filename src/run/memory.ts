/**
 * Watches how much memory the process holds, over the run and over each step.
 *
 * @module
 */

/** Milliseconds between two looks. */
const LOOK_MS = 50;

/** Looks at the resident memory from time to time. */
export interface MemoryWatch {
  /** Begins a span, such as a step's. @returns its end, which gives the highest seen in it, in bytes. */
  span(): () => number;
  /** Stops looking. @returns the highest seen, in bytes. */
  stop(): number;
}

/** Looks at the resident memory until it is stopped. */
export function watchMemory(): MemoryWatch {
  const spans = new Set<{ peak: number }>();
  const look = (): void => {
    const { rss } = Deno.memoryUsage();
    for (const span of spans) span.peak = Math.max(span.peak, rss);
  };
  const span = (): () => number => {
    const one = { peak: Deno.memoryUsage().rss };
    spans.add(one);
    return () => {
      if (spans.has(one)) look();
      spans.delete(one);
      return one.peak;
    };
  };
  const whole = span();
  const timer = setInterval(look, LOOK_MS);
  return {
    span,
    stop(): number {
      clearInterval(timer);
      return whole();
    },
  };
}
