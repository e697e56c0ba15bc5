// The rival of bench/mysql.ts: rows of mysql2 as objects, through a CSV stream.
import { CsvStringifyStream } from "../../src/deps/csv.ts";
import { createConnection } from "../../src/deps/mysql2.ts";

const connection = createConnection({
  ...JSON.parse(Deno.env.get("BENCH_CONNECTION")!),
  dateStrings: true,
  supportBigNumbers: true,
  bigNumberStrings: true,
});
const rows = connection.query("SELECT * FROM mixed").stream();
const file = await Deno.create("rival.csv");
const columns = [
  ...["id", "customer_id", "amount", "weight", "name", "note", "status"],
  ...["created_at", "due", "quantity"],
];
await ReadableStream.from(rows as AsyncIterable<Record<string, unknown>>)
  .pipeThrough(new CsvStringifyStream({ columns }))
  .pipeThrough(new TextEncoderStream())
  .pipeTo(file.writable);
connection.end();
