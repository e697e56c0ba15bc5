/**
 * Writes sample data of a shop: `customers.csv` and `orders.csv`.
 *
 * `deno run --allow-write=out examples/shop_data.ts [orders] [folder]`
 *
 * The same rows for everyone: 1 000 orders and a customer to each ten of them
 * unless told otherwise, into `out/shop`.
 *
 * @module
 */

const COUNTRIES = ["CZ", "DE", "FR", "PL", "SK", "US"];
const STATUS = ["new", "paid", "shipped", "cancelled"];
const NAMES = [
  "Žofie Nová",
  "Jean-Luc Petit",
  "O'Neill, Sam",
  "李雷",
  "Anna Groß",
];

/** Writes both files. @param orders Orders to write. */
export async function writeShopData(
  folder: string,
  orders: number,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const customers = Math.max(1, Math.ceil(orders / 10));
  await writeRows(
    `${folder}/customers.csv`,
    "id,name,country",
    customers,
    (id) => [
      String(id),
      `"${NAMES[id % NAMES.length]} ${id}"`,
      COUNTRIES[id % COUNTRIES.length],
    ],
  );
  const start = Date.UTC(2024, 0, 1);
  const head = "id,customer_id,amount,status,note,created_at";
  await writeRows(`${folder}/orders.csv`, head, orders, (id) => [
    String(id),
    String(1 + (id * 7919) % customers),
    ((id * 104_729) % 1_000_000 / 100).toFixed(2),
    STATUS[id % STATUS.length],
    // No note is NULL, an empty one is a text.
    id % 3 === 0 ? "" : id % 7 === 0 ? '""' : `"says ""hi"", no. ${id}"`,
    new Date(start + id * 61_000).toISOString().slice(0, 19).replace("T", " "),
  ]);
}

async function writeRows(
  path: string,
  head: string,
  rows: number,
  cells: (id: number) => string[],
): Promise<void> {
  using file = await Deno.open(path, {
    write: true,
    create: true,
    truncate: true,
  });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  let text = `${head}\n`;
  for (let id = 1; id <= rows; id++) {
    text += `${cells(id).join(",")}\n`;
    if (text.length > 1 << 16 || id === rows) {
      await writer.write(encoder.encode(text));
      text = "";
    }
  }
  await writer.write(encoder.encode(text));
  await writer.close();
}

if (import.meta.main) {
  await writeShopData(Deno.args[1] ?? "out/shop", Number(Deno.args[0] ?? 1000));
}
