/**
 * Finds the values of a row: start and end of each, as column readers take
 * them. An end equal to its start is NULL, one before its start an empty value.
 *
 * @module
 */

/** Lengths below this are one byte. */
const LENGTH_2 = 0xfc;
const LENGTH_3 = 0xfd;
const LENGTH_8 = 0xfe;
const NULL_MARK = 0xfb;

/**
 * Finds the values of a row of a prepared statement.
 *
 * @param widths Bytes of each column's value; 0 where its length comes with it.
 * @param at Where in `spans` the row's pairs start.
 * @returns Where the last value ends.
 */
export function findBinaryValues(
  bytes: Uint8Array,
  start: number,
  widths: Uint8Array,
  spans: Int32Array,
  at: number,
): number {
  const columns = widths.length;
  // A row starts with a zero byte and a bit a column, the first two bits unused.
  const nulls = start + 1;
  let from = nulls + ((columns + 9) >> 3), to = at;
  for (let column = 0; column < columns; column++, to += 2) {
    const bit = column + 2;
    if ((bytes[nulls + (bit >> 3)] & (1 << (bit & 7))) !== 0) {
      spans[to] = spans[to + 1] = 0;
      continue;
    }
    let width = widths[column];
    if (width === 0) {
      width = bytes[from++];
      if (width > 250) {
        width = longLength(bytes, from, width);
        from += lengthBytes(bytes[from - 1]);
      }
    }
    spans[to] = from;
    spans[to + 1] = width === 0 ? from - 1 : from + width;
    from += width;
  }
  return from;
}

/** Finds the values of a row of the text protocol; otherwise as {@linkcode findBinaryValues}. */
export function findTextValues(
  bytes: Uint8Array,
  start: number,
  columns: number,
  spans: Int32Array,
  at: number,
): number {
  let from = start, to = at;
  for (let column = 0; column < columns; column++, to += 2) {
    let width = bytes[from++];
    if (width === NULL_MARK) {
      spans[to] = spans[to + 1] = 0;
      continue;
    }
    if (width > 250) {
      width = longLength(bytes, from, width);
      from += lengthBytes(bytes[from - 1]);
    }
    spans[to] = from;
    spans[to + 1] = width === 0 ? from - 1 : from + width;
    from += width;
  }
  return from;
}

function lengthBytes(mark: number): number {
  return mark === LENGTH_2 ? 2 : mark === LENGTH_3 ? 3 : 8;
}

function longLength(bytes: Uint8Array, at: number, mark: number): number {
  const low = bytes[at] | (bytes[at + 1] << 8);
  if (mark === LENGTH_2) return low;
  const three = low | (bytes[at + 2] << 16);
  if (mark === LENGTH_3) return three;
  if (mark !== LENGTH_8) return NaN;
  // A row is held as a whole, so that no length comes near the upper half.
  return (three | (bytes[at + 3] << 24)) >>> 0;
}
