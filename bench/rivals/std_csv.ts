// deno-lint-ignore-file no-console -- what it measures goes to the terminal
// The rival of bench/whole.ts: CSV read, written or copied by @std/csv streams.
// Prints the seconds that the work took, without the start of the program.
// usage: std_csv.ts MODULE read|write|copy IN [OUT]
// MODULE is a file with the exports of @std/csv, or "std" for what the runtime depends on.
const [module, task, from, to] = Deno.args;
const { CsvParseStream, CsvStringifyStream } = module === "std"
  ? await import("../../src/deps/csv.ts")
  : await import(module);

async function rowsOf(path: string): Promise<ReadableStream<string[]>> {
  const file = await Deno.open(path);
  return file.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new CsvParseStream());
}

const nowhere = new WritableStream({ write() {} });
const held = task === "write" ? await Array.fromAsync(await rowsOf(from)) : [];
const startedAt = performance.now();
if (task === "read") {
  for await (const _ of await rowsOf(from));
} else {
  const rows = task === "write"
    ? ReadableStream.from(held)
    : await rowsOf(from);
  const target = task === "write" ? nowhere : (await Deno.create(to)).writable;
  await rows.pipeThrough(new CsvStringifyStream())
    .pipeThrough(new TextEncoderStream()).pipeTo(target);
}
console.log((performance.now() - startedAt) / 1000);
