/**
 * Just enough of FlatBuffers for Arrow's messages: a builder that writes from
 * the end to the front, and a reader that never looks outside its bytes.
 *
 * @module
 */

/** A slot of a table: a scalar of 1, 2, 4 or 8 bytes, or a reference to what was built before. */
export type Slot =
  | { readonly bytes: 1 | 2 | 4 | 8; readonly value: number }
  | { readonly ref: number };

/** Builds one FlatBuffer. Parts come first, the tables that refer to them after; a reference is a distance from the end. */
export class FlatBuilder {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #head = 1024;
  #align = 4;

  /** Adds a string and returns its reference. */
  string(text: string): number {
    const utf8 = new TextEncoder().encode(text);
    this.#prepare(4, utf8.length + 1);
    this.#head -= 1; // the terminator: the room is zeroed
    this.#head -= utf8.length;
    this.#bytes.set(utf8, this.#head);
    return this.#int32(utf8.length);
  }

  /** Adds a vector of references and returns its reference. */
  vector(refs: readonly number[]): number {
    this.#prepare(4, refs.length * 4);
    for (const ref of refs.toReversed()) this.#reference(ref);
    return this.#int32(refs.length);
  }

  /** Adds a vector of structs of two 64-bit integers and returns its reference. */
  pairs(pairs: readonly (readonly [number, number])[]): number {
    this.#prepare(4, pairs.length * 16);
    this.#prepare(8, pairs.length * 16);
    for (const [first, second] of pairs.toReversed()) {
      this.#scalar(8, second);
      this.#scalar(8, first);
    }
    return this.#int32(pairs.length);
  }

  /** Adds a table and returns its reference; `null` leaves a slot at its default. */
  table(slots: readonly (Slot | null)[]): number {
    const places = slots.map(() => 0);
    const start = this.#size;
    slots.forEach((slot, index) => {
      if (slot === null) return;
      this.#prepare("ref" in slot ? 4 : slot.bytes, 0);
      if ("ref" in slot) this.#reference(slot.ref);
      else this.#scalar(slot.bytes, slot.value);
      places[index] = this.#size;
    });
    this.#prepare(4, 0);
    const table = this.#int32(0);
    for (const place of places.toReversed()) {
      this.#scalar(2, place === 0 ? 0 : table - place);
    }
    this.#scalar(2, table - start);
    this.#scalar(2, (slots.length + 2) * 2);
    this.#view.setInt32(this.#bytes.length - table, this.#size - table, true);
    return table;
  }

  /** Closes the buffer with `root` as its root table. Its length is a multiple of 8. */
  finish(root: number): Uint8Array<ArrayBuffer> {
    this.#prepare(Math.max(this.#align, 8), 4);
    this.#reference(root);
    return this.#bytes.subarray(this.#head);
  }

  get #size(): number {
    return this.#bytes.length - this.#head;
  }

  /** Pads so that a value of `align` bytes lies aligned after `extra` further bytes, and makes room for both. */
  #prepare(align: number, extra: number): void {
    this.#align = Math.max(this.#align, align);
    const pad = -(this.#size + extra) & (align - 1);
    // A table's own entries and its vtable come unprepared: 1 KiB covers them.
    while (this.#head < pad + extra + align + 1024) this.#grow();
    this.#head -= pad;
  }

  #grow(): void {
    const grown = new Uint8Array(this.#bytes.length * 2);
    grown.set(this.#bytes, this.#bytes.length);
    this.#head += this.#bytes.length;
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  #int32(value: number): number {
    this.#scalar(4, value);
    return this.#size;
  }

  #reference(ref: number): void {
    this.#scalar(4, this.#size + 4 - ref);
  }

  #scalar(bytes: 1 | 2 | 4 | 8, value: number): void {
    this.#head -= bytes;
    if (bytes === 1) this.#view.setUint8(this.#head, value);
    else if (bytes === 2) this.#view.setInt16(this.#head, value, true);
    else if (bytes === 4) this.#view.setInt32(this.#head, value, true);
    else this.#view.setBigInt64(this.#head, BigInt(value), true);
  }
}

/** A vector found by {@linkcode FlatTable}: where its first element is, and how many there are. */
export interface FlatVector {
  readonly start: number;
  readonly length: number;
}

/**
 * A table in a FlatBuffer. Whatever is asked for outside the bytes throws a
 * RangeError, so that damaged bytes end in an error and not in a wild read.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #slots: number;

  private constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#vtable = at - view.getInt32(at, true);
    this.#slots = view.getUint16(this.#vtable, true);
  }

  /** The root table of a buffer. */
  static root(bytes: Uint8Array<ArrayBuffer>): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  /** An integer of 1, 2 or 4 bytes in slot `index`. */
  int(index: number, bytes: 1 | 2 | 4, fallback = 0): number {
    const at = this.#place(index);
    if (at === 0) return fallback;
    if (bytes === 1) return this.#view.getUint8(at);
    return bytes === 2
      ? this.#view.getInt16(at, true)
      : this.#view.getInt32(at, true);
  }

  /** A 64-bit integer in slot `index`. @throws {RangeError} when it isn't a safe one. */
  int64(index: number): number {
    const at = this.#place(index);
    return at === 0 ? 0 : this.#int64At(at);
  }

  /** A string in slot `index`; null when there is none. */
  string(index: number): string | null {
    const vector = this.#vector(index, 1);
    if (vector === null) return null;
    const { buffer, byteOffset } = this.#view;
    return new TextDecoder().decode(
      new Uint8Array(
        buffer as ArrayBuffer,
        byteOffset + vector.start,
        vector.length,
      ),
    );
  }

  /** The table in slot `index`; null when there is none. */
  table(index: number): FlatTable | null {
    const at = this.#place(index);
    return at === 0 ? null : this.#follow(at);
  }

  /** The tables of the vector in slot `index`. */
  tables(index: number): FlatTable[] {
    const vector = this.#vector(index, 4);
    return Array.from(
      { length: vector?.length ?? 0 },
      (_, i) => this.#follow(vector!.start + i * 4),
    );
  }

  /** The structs of two 64-bit integers of the vector in slot `index`. */
  pairs(index: number): [number, number][] {
    const vector = this.#vector(index, 16);
    return Array.from({ length: vector?.length ?? 0 }, (_, i) => {
      const at = vector!.start + i * 16;
      return [this.#int64At(at), this.#int64At(at + 8)];
    });
  }

  #place(index: number): number {
    const slot = 4 + index * 2;
    if (slot + 2 > this.#slots) return 0;
    const offset = this.#view.getUint16(this.#vtable + slot, true);
    return offset === 0 ? 0 : this.#at + offset;
  }

  #follow(at: number): FlatTable {
    return new FlatTable(this.#view, at + this.#view.getUint32(at, true));
  }

  #vector(index: number, stride: number): FlatVector | null {
    const at = this.#place(index);
    if (at === 0) return null;
    const head = at + this.#view.getUint32(at, true);
    const length = this.#view.getUint32(head, true);
    if (head + 4 + length * stride > this.#view.byteLength) {
      throw new RangeError("vector beyond the end");
    }
    return { start: head + 4, length };
  }

  #int64At(at: number): number {
    const value = Number(this.#view.getBigInt64(at, true));
    if (!Number.isSafeInteger(value)) throw new RangeError("64-bit overflow");
    return value;
  }
}
