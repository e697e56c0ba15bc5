// deno-lint-ignore-file no-console -- what it measures goes to the terminal
/**
 * Deterministic CSV data for the benches: ten columns of the kinds that
 * business tables have, about 104 bytes a row.
 *
 * @module
 */

const COUNTRIES = ["CZ", "DE", "FR", "US", "GB", "PL", "AT", "SK", "IT", "ES"];
const STATUS = ["new", "paid", "shipped", "cancelled", "returned"];
const WORDS =
  "amber brook cedar dune ember fjord grove haven inlet juniper kestrel lagoon meadow nectar orchard"
    .split(" ");

/** Path of the file with this many rows, made when it isn't there yet. */
export async function csvData(rows: number): Promise<string> {
  const folder = new URL("./.data/", import.meta.url);
  await Deno.mkdir(folder, { recursive: true });
  const path = new URL(`mixed_${rows}.csv`, folder).pathname;
  if (await exists(path)) return path;
  const partial = `${path}.partial`;
  using file = await Deno.open(partial, {
    write: true,
    create: true,
    truncate: true,
  });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  await writer.write(encoder.encode(
    "id,customer_id,name,email,country,status,amount,ratio,created_at,note\n",
  ));
  const random = generator(42);
  for (let start = 1; start <= rows; start += 10_000) {
    let text = "";
    for (let id = start; id < start + 10_000 && id <= rows; id++) {
      text += row(id, random);
    }
    await writer.write(encoder.encode(text));
  }
  await writer.close();
  await Deno.rename(partial, path);
  return path;
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

function row(id: number, random: () => number): string {
  const pick = (list: readonly string[]): string =>
    list[Math.floor(random() * list.length)];
  const name = `${pick(WORDS)} ${pick(WORDS)}`;
  const created = new Date(1.6e12 + Math.floor(random() * 1e11) * 1000 % 1.5e11)
    .toISOString().slice(0, 19).replace("T", " ");
  const note = random() < 0.1
    ? `"said ""${pick(WORDS)}"", then left"`
    : random() < 0.3
    ? ""
    : `${pick(WORDS)} ${pick(WORDS)} ${pick(WORDS)}`;
  return `${id},${Math.floor(random() * 1e6)},${name},${
    name.replace(" ", ".")
  }@x.cz,${pick(COUNTRIES)},${pick(STATUS)},${(random() * 1e5).toFixed(2)},${
    Number(random().toFixed(6))
  },${created},${note}\n`;
}

/** A small generator of uniform numbers below 1 (mulberry32). */
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

if (import.meta.main) {
  const path = await csvData(Number(Deno.args[0] ?? 1_000_000));
  console.log(path, (await Deno.stat(path)).size);
}
