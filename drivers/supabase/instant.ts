/**
 * Reads instants with an offset, as servers write them whose time zone isn't UTC.
 *
 * @module
 */

const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?$/;

/** Microseconds since 1970 of `2024-02-29T12:00:00.5+05:30`; undefined for other text. */
export function instantMicros(
  bytes: Uint8Array,
  start: number,
  end: number,
): bigint | undefined {
  const found = INSTANT.exec(
    new TextDecoder().decode(bytes.subarray(start, end)),
  );
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(
    Number,
  );
  // Not Date.UTC: it takes the years 0 to 99 for 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const micros = BigInt((found[7] ?? "").padEnd(6, "0"));
  const offset = Number(found[9]) * 3600 + Number(found[10] ?? 0) * 60 +
    Number(found[11] ?? 0);
  const sign = found[8] === "-" ? -1 : 1;
  return BigInt(date.getTime() - sign * offset * 1000) * 1000n + micros;
}
