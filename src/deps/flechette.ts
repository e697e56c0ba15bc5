// Arrow columns as JavaScript views, beside Arquero. Pinned: 2.7.0 asks for a
// package that does not exist.
export {
  batchType,
  binary,
  bool,
  Column as ArrowColumn,
  dateDay,
  decimal,
  duration,
  float32,
  float64,
  int,
  nullType,
  Table as ArrowTable,
  timestamp,
  TimeUnit,
  Type as ArrowTypeId,
  utf8,
} from "npm:@uwdata/flechette@2.6.0";
export type {
  Batch as ArrowBatch,
  DataType as ArrowType,
  ExtractionOptions,
} from "npm:@uwdata/flechette@2.6.0";
