/**
 * What the author of a driver needs: the contract, the types of columns, and
 * the builders that make them.
 *
 * @module
 */
export {
  type CommittedPart,
  defineDriver,
  type DiscoveredTable,
  type Driver,
  type InputFile,
  type Json,
  type LogLevel,
  type OutputFile,
  type ProbeReport,
  type RejectedRow,
  type RowReason,
  type StepContext,
  type StepInput,
  type StepReport,
  type TableInput,
} from "./src/driver/driver.ts";
export type {
  Capabilities,
  DriverMode,
  DriverSpec,
  FileNeed,
  JsonSchema,
  NeedItem,
  Needs,
} from "./src/driver/spec.ts";
export {
  ERROR_CODES,
  type ErrorCode,
  type ErrorOptions,
  type Fault,
  OsirisError,
} from "./src/error.ts";
export {
  type Batch,
  BATCH_BYTES,
  BATCH_ROWS,
  type Column,
  type ColumnData,
  emptyBatch,
  isNull,
} from "./src/table/batch.ts";
export {
  type BytesColumnBuilder,
  type ColumnBuilder,
  columnBuilder,
  type GatheredText,
  type GatherText,
  type Value,
} from "./src/table/builder.ts";
export {
  type ColumnFormatter,
  columnFormatter,
} from "./src/table/formatter.ts";
export {
  decimal,
  type Field,
  formatType,
  type LogicalType,
  parseType,
  type Schema,
  type TypeKind,
  types,
} from "./src/table/type.ts";
