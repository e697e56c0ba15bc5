// The Arrow project's own reader: an independent judge of our streams.
export { RecordBatchReader, tableFromIPC } from "npm:apache-arrow@21.1.0";
