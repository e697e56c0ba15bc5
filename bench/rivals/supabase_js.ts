// The rival of bench/supabase.ts: supabase-js as its documentation shows it, 1000 rows a request, CSV on the other side.
import { CsvParseStream, CsvStringifyStream } from "../../src/deps/csv.ts";
import { createClient } from "../../src/deps/supabase.ts";

/** Rows that a project gives at once unless it is set otherwise, and that are sent at once. */
const PAGE = 1000;

const [verb, table, path] = Deno.args;
const { url, key } = JSON.parse(Deno.env.get("BENCH_PROJECT")!);
const client = createClient(url, key, { auth: { persistSession: false } });

/** Numbers come as JavaScript's: digits past 2^53 are lost here, and nothing counts the rows. */
async function* pages(): AsyncGenerator<Record<string, unknown>> {
  for (let from = 0;; from += PAGE) {
    const { data, error } = await client.from(table).select("*").order("id")
      .range(from, from + PAGE - 1);
    if (error) throw new Error(error.message);
    yield* data;
    if (data.length < PAGE) return;
  }
}

async function read(): Promise<void> {
  const { data } = await client.from(table).select("*").limit(1);
  await ReadableStream.from(pages())
    .pipeThrough(new CsvStringifyStream({ columns: Object.keys(data![0]) }))
    .pipeThrough(new TextEncoderStream())
    .pipeTo((await Deno.create(path)).writable);
}

async function insert(rows: Record<string, unknown>[]): Promise<void> {
  const { error } = await client.from(table).insert(rows);
  if (error) throw new Error(error.message);
}

async function write(): Promise<void> {
  let rows: Record<string, unknown>[] = [];
  const stream = (await Deno.open(path)).readable
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new CsvParseStream({ skipFirstRow: true }));
  for await (const row of stream as ReadableStream<Record<string, string>>) {
    const entries = Object.entries(row);
    rows.push(Object.fromEntries(entries.map(([k, v]) => [k, v || null])));
    if (rows.length < PAGE) continue;
    await insert(rows);
    rows = [];
  }
  if (rows.length > 0) await insert(rows);
}

if (verb === "read") await read();
else await write();
