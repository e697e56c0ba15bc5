/**
 * Durations and sizes as people write them: `"30s"`, `"512MiB"`.
 *
 * @module
 */

/** Pattern of a duration in text, for JSON Schemas. */
export const DURATION_PATTERN = "^\\d+(\\.\\d+)?(ms|s|m|h|d)$";

/** Pattern of a size in text, for JSON Schemas. */
export const SIZE_PATTERN = "^\\d+(\\.\\d+)?(B|kB|KB|KiB|MB|MiB|GB|GiB)$";

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  KiB: 2 ** 10,
  MB: 1e6,
  MiB: 2 ** 20,
  GB: 1e9,
  GiB: 2 ** 30,
};

/**
 * Reads a duration: a number of seconds, or text such as `"250ms"` or `"1.5h"`.
 *
 * @returns Whole milliseconds, or undefined when it is neither.
 */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === "number") return whole(value * 1000);
  if (typeof value !== "string") return undefined;
  if (!new RegExp(DURATION_PATTERN).test(value)) return undefined;
  const unit = value.match(/[a-z]+$/)![0];
  return whole(parseFloat(value) * MILLISECONDS[unit]);
}

/**
 * Reads a size: a number of bytes, or text such as `"512MiB"` or `"1.5GB"`.
 *
 * @returns Whole bytes, or undefined when it is neither.
 */
export function parseSize(value: unknown): number | undefined {
  if (typeof value === "number") return whole(value);
  if (typeof value !== "string") return undefined;
  if (!new RegExp(SIZE_PATTERN).test(value)) return undefined;
  const unit = value.match(/[A-Za-z]+$/)![0];
  return whole(parseFloat(value) * BYTES[unit]);
}

/** A count with its thousands apart: `1,234`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A count and what is counted, for people: `1 row`, `1,234 rows`. */
export function countOf(
  count: number,
  noun: string,
  plural = `${noun}s`,
): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** A duration for people: `45 ms`, `1.2 s`, `3 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  return `${Math.floor(seconds / 3600)} h ${
    Math.floor(seconds % 3600 / 60)
  } min`;
}

/** A size for people: `512 B`, `1.5 MiB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = bytes / 1024;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${Number(value.toFixed(1))} ${units[unit]}`;
}

function whole(value: number): number | undefined {
  const rounded = Math.round(value);
  return Number.isSafeInteger(rounded) && value >= 0 ? rounded : undefined;
}
