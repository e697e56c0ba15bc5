// deno-lint-ignore-file no-console -- what it measures goes to the terminal
// The rival of bench/whole.ts: CSV read, written or copied by @std/csv streams.
// usage: std_csv.ts read|copy IN [OUT]
import { CsvParseStream, CsvStringifyStream } from "../../src/deps/csv.ts";

const [task, from, to] = Deno.args;
const file = await Deno.open(from);
const rows = file.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new CsvParseStream());
if (task === "read") {
  let count = 0;
  for await (const _ of rows) count++;
  console.log(count);
} else {
  const target = await Deno.create(to);
  await rows.pipeThrough(new CsvStringifyStream())
    .pipeThrough(new TextEncoderStream()).pipeTo(target.writable);
}
