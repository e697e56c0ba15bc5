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

export const {
  BitSet,
  ColumnTable,
  Reducer,
  Table,
  addAggregateFunction,
  addFunction,
  addWindowFunction,
  agg,
  all,
  bin,
  collate,
  desc,
  endswith,
  escape,
  field,
  frac,
  from,
  fromArrow,
  fromArrowStream,
  fromCSV,
  fromCSVStream,
  fromFixed,
  fromFixedStream,
  fromJSON,
  fromJSONStream,
  loadArrow,
  loadCSV,
  loadFixed,
  loadJSON,
  matches,
  names,
  not,
  op,
  parse,
  range,
  rolling,
  seed,
  startswith,
  table,
  toArrow,
  toArrowIPC,
  toCSV,
  toHTML,
  toJSON,
  toMarkdown,
}: typeof Arquero = aq;
const { walk_ast: walkAst }: typeof Arquero = aq;
export { walkAst as walk_ast };

export type BitSet = Arquero.BitSet;
export type ColumnTable = Arquero.ColumnTable;
export type Reducer = Arquero.Reducer;
export type Table = Arquero.Table;
