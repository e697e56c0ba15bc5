// Arrow columns as JavaScript views, beside Arquero. Pinned: 2.7.0 asks for a
// package that does not exist.
export {
  Batch as ArrowBatch,
  batchType,
  Column as ArrowColumn,
  DateUnit,
  Precision,
  Table as ArrowTable,
  TimeUnit,
  Type as ArrowTypeId,
} from "npm:@uwdata/flechette@2.6.0";
