// Arquero, the transforms, from the one file that its package has for browsers: its 170 modules take three times as long
// to load. The file has no exports but puts all into the global "aq", from where it is taken; whatever had that name
// before has it again. flechette is named so that its version, which Arquero leaves open, resolves to one that can be
// installed.
import { before } from "./own_aq.ts";
import "npm:@uwdata/flechette@2.6.0/dist/flechette.mjs";
import "npm:arquero@8.0.3/dist/arquero.js";
import type * as Arquero from "npm:arquero@8.0.3";

const { aq } = globalThis as unknown as { aq: typeof Arquero };
if (before) Object.defineProperty(globalThis, "aq", before);
else Reflect.deleteProperty(globalThis, "aq");

export const BitSet: typeof Arquero.BitSet = aq.BitSet;
export const ColumnTable: typeof Arquero.ColumnTable = aq.ColumnTable;
export const Reducer: typeof Arquero.Reducer = aq.Reducer;
export const Table: typeof Arquero.Table = aq.Table;
export const addAggregateFunction: typeof Arquero.addAggregateFunction =
  aq.addAggregateFunction;
export const addFunction: typeof Arquero.addFunction = aq.addFunction;
export const addWindowFunction: typeof Arquero.addWindowFunction =
  aq.addWindowFunction;
export const agg: typeof Arquero.agg = aq.agg;
export const all: typeof Arquero.all = aq.all;
export const bin: typeof Arquero.bin = aq.bin;
export const collate: typeof Arquero.collate = aq.collate;
export const desc: typeof Arquero.desc = aq.desc;
export const endswith: typeof Arquero.endswith = aq.endswith;
export const escape: typeof Arquero.escape = aq.escape;
export const field: typeof Arquero.field = aq.field;
export const frac: typeof Arquero.frac = aq.frac;
export const from: typeof Arquero.from = aq.from;
export const fromArrow: typeof Arquero.fromArrow = aq.fromArrow;
export const fromArrowStream: typeof Arquero.fromArrowStream =
  aq.fromArrowStream;
export const fromCSV: typeof Arquero.fromCSV = aq.fromCSV;
export const fromCSVStream: typeof Arquero.fromCSVStream = aq.fromCSVStream;
export const fromFixed: typeof Arquero.fromFixed = aq.fromFixed;
export const fromFixedStream: typeof Arquero.fromFixedStream =
  aq.fromFixedStream;
export const fromJSON: typeof Arquero.fromJSON = aq.fromJSON;
export const fromJSONStream: typeof Arquero.fromJSONStream = aq.fromJSONStream;
export const loadArrow: typeof Arquero.loadArrow = aq.loadArrow;
export const loadCSV: typeof Arquero.loadCSV = aq.loadCSV;
export const loadFixed: typeof Arquero.loadFixed = aq.loadFixed;
export const loadJSON: typeof Arquero.loadJSON = aq.loadJSON;
export const matches: typeof Arquero.matches = aq.matches;
export const names: typeof Arquero.names = aq.names;
export const not: typeof Arquero.not = aq.not;
export const op: typeof Arquero.op = aq.op;
export const parse: typeof Arquero.parse = aq.parse;
export const range: typeof Arquero.range = aq.range;
export const rolling: typeof Arquero.rolling = aq.rolling;
export const seed: typeof Arquero.seed = aq.seed;
export const startswith: typeof Arquero.startswith = aq.startswith;
export const table: typeof Arquero.table = aq.table;
export const toArrow: typeof Arquero.toArrow = aq.toArrow;
export const toArrowIPC: typeof Arquero.toArrowIPC = aq.toArrowIPC;
export const toCSV: typeof Arquero.toCSV = aq.toCSV;
export const toHTML: typeof Arquero.toHTML = aq.toHTML;
export const toJSON: typeof Arquero.toJSON = aq.toJSON;
export const toMarkdown: typeof Arquero.toMarkdown = aq.toMarkdown;
const walkAst: typeof Arquero.walk_ast = aq.walk_ast;
export { walkAst as walk_ast };

export type BitSet = Arquero.BitSet;
export type ColumnTable = Arquero.ColumnTable;
export type Reducer = Arquero.Reducer;
export type Table = Arquero.Table;
