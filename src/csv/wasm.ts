/**
 * Puts WebAssembly modules together from instructions: those few that loops
 * over bytes need.
 *
 * Code is a list of bytes in which jumps name their targets; the depths that
 * the format wants instead are found when a function is put together.
 *
 * @module
 */

/** Instructions. */
export type Code = readonly (number | Jump | Label | typeof END)[];

/** A jump's operand: the block that it leaves, or the loop that it repeats. */
interface Jump {
  readonly jump: string;
}

/** The start of a block or loop. */
interface Label {
  readonly label: string;
}

/** The end of what was opened last. */
const END = "end";

/** A function that a module offers: parameters and results are 32-bit integers. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  /** Further locals: 32-bit integers. */
  readonly locals: number;
  /** Locals after those: vectors of 128 bits. */
  readonly vectors: number;
  /** Leaves one integer. */
  readonly code: Code;
}

/** A variable-length integer as the format has it. */
function leb(value: number): number[] {
  const bytes: number[] = [];
  while (value < -64 || value > 63) {
    bytes.push(value & 127 | 128);
    value >>= 7;
  }
  return [...bytes, value & 127];
}

/** The same for what is never negative. */
function uleb(value: number): number[] {
  return value < 128 ? [value] : [value & 127 | 128, ...uleb(value >>> 7)];
}

const binary = (opcode: number) => (a: Code, b: Code): Code => [
  ...a,
  ...b,
  opcode,
];
const VECTOR = 0xfd;
const vector = (opcode: number) => (...operands: Code[]): Code => [
  ...operands.flat(),
  VECTOR,
  opcode,
];

export const eq = binary(0x46);
export const ne = binary(0x47);
export const geU = binary(0x4f);
export const gtS = binary(0x4a);
export const add = binary(0x6a);
export const sub = binary(0x6b);
export const or = binary(0x72);
export const not = (a: Code): Code => [...a, 0x45];
/** Zero bits below the lowest one. */
export const ctz = (a: Code): Code => [...a, 0x68];
/** The first operand where the third isn't 0, else the second. */
export const select = (a: Code, b: Code, which: Code): Code => [
  ...a,
  ...b,
  ...which,
  0x1b,
];
export const int = (value: number): Code => [0x41, ...leb(value)];
export const get = (local: number): Code => [0x20, local];
export const set = (local: number, value: Code): Code => [
  ...value,
  0x21,
  local,
];
/** Adds to a local. */
export const grow = (local: number, by: Code): Code =>
  set(local, add(get(local), by));
/** The byte at `base + address`. */
export const byteAt = (address: Code, base: number): Code => [
  ...address,
  0x2d,
  0,
  ...uleb(base),
];
/** The 32-bit integer at `base + address`. */
export const load = (address: Code, base: number): Code => [
  ...address,
  0x28,
  2,
  ...uleb(base),
];
/** Stores a 32-bit integer at `base + address`. */
export const store = (address: Code, base: number, value: Code): Code => [
  ...address,
  ...value,
  0x36,
  2,
  ...uleb(base),
];

/** The 16 bytes at `base + address`. */
export const load16 = (address: Code, base: number): Code => [
  ...address,
  VECTOR,
  0x00,
  0,
  ...uleb(base),
];
/** Stores 16 bytes at `base + address`. */
export const store16 = (address: Code, base: number, value: Code): Code => [
  ...address,
  ...value,
  VECTOR,
  0x0b,
  0,
  ...uleb(base),
];
/** These 16 bytes. */
export const const16 = (bytes: readonly number[]): Code => [
  VECTOR,
  0x0c,
  ...bytes,
];
/** One byte in all 16 places. */
export const splat = vector(0x0f);
/** The bytes of the first operand at the places that the second names, each below 16. */
export const lookUp16 = vector(0x0e);
export const eq16 = vector(0x23);
export const and16 = vector(0x4e);
export const or16 = vector(0x50);
export const xor16 = vector(0x51);
/** Whether any bit is set. */
export const anyBit = vector(0x53);
/** The top bits of the 16 bytes. */
export const bits16 = vector(0x64);
/** Each byte moved down by as many bits. */
export const shiftDown16 = vector(0x6d);
/** Differences of unsigned bytes, 0 where there would be none. */
export const subU16 = vector(0x73);

export const block = (label: string, ...body: Code[]): Code => [
  0x02,
  0x40,
  { label },
  ...body.flat(),
  END,
];
export const loop = (label: string, ...body: Code[]): Code => [
  0x03,
  0x40,
  { label },
  ...body.flat(),
  END,
];
export const when = (condition: Code, ...body: Code[]): Code => [
  ...condition,
  0x04,
  0x40,
  { label: "" },
  ...body.flat(),
  END,
];
export const jump = (to: string): Code => [0x0c, { jump: to }];
export const jumpIf = (condition: Code, to: string): Code => [
  ...condition,
  0x0d,
  { jump: to },
];

/** The bytes of a module over a memory that it imports as `m.m`. */
export function wasmModule(
  functions: readonly WasmFunction[],
): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...vec(Array(parameters).fill([0x7f])),
    1,
    0x7f,
  ]);
  const memory = [1, 0x6d, 1, 0x6d, 2, 0, 1];
  const exports = functions.map(({ name }, i) => [
    ...vec([...name].map((letter) => [letter.charCodeAt(0)])),
    0,
    i,
  ]);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vec(types)),
    ...section(2, vec([memory])),
    ...section(3, vec(functions.map((_, i) => [i]))),
    ...section(7, vec(exports)),
    ...section(10, vec(functions.map(body))),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...uleb(content.length), ...content];
}

function vec(items: readonly (readonly number[])[]): number[] {
  return [...uleb(items.length), ...items.flat()];
}

function body({ locals, vectors, code }: WasmFunction): number[] {
  const bytes = [
    ...vec([[...uleb(locals), 0x7f], [...uleb(vectors), 0x7b]]),
    ...resolved(code),
    0x0b,
  ];
  return [...uleb(bytes.length), ...bytes];
}

/** The code with depths in place of names. */
function resolved(code: Code): number[] {
  const open: string[] = [];
  return code.flatMap((item) => {
    if (typeof item === "number") return [item];
    if (item === END) {
      open.pop();
      return [0x0b];
    }
    if ("jump" in item) return [open.length - 1 - open.lastIndexOf(item.jump)];
    open.push(item.label);
    return [];
  });
}
