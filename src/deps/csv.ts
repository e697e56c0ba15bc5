/**
 * CSV as `@std/csv` reads and writes it: the rival of our own codec in the
 * benchmarks and its oracle in the tests. The runtime itself doesn't use it.
 *
 * @module
 */
export { parse as parseCsv } from "jsr:@std/csv@^1/parse";
export { stringify as stringifyCsv } from "jsr:@std/csv@^1/stringify";
export { CsvParseStream } from "jsr:@std/csv@^1/parse-stream";
export { CsvStringifyStream } from "jsr:@std/csv@^1/stringify-stream";
