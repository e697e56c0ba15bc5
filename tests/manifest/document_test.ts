import assert from "node:assert/strict";
import { readManifest } from "../../src/manifest/document.ts";
import { loadManifest } from "../../src/manifest/load.ts";
import { faultsOf, refusal } from "../kit/faults.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const step = "steps: [{ id: a, driver: x }]";

async function code(
  dir: TempDir,
  content: string | Uint8Array,
): Promise<string> {
  const path = await dir.write("m.yaml", content);
  const started = performance.now();
  const { code } = await refusal(() => loadManifest(path));
  assert.ok(performance.now() - started < 3000, "takes too long to refuse");
  return code;
}

/** A kilobyte that stands for 10^9 values. */
function bomb(): string {
  const names = "abcdefghi".split("");
  return names.map((name, index) => {
    const item = index === 0 ? "x" : `*${names[index - 1]}`;
    return `${name}: &${name} [${Array(10).fill(item).join(",")}]`;
  }).join("\n");
}

Deno.test("readManifest() refuses what is no manifest text, in bounded time", async () => {
  await using dir = await tempDir();
  assert.equal(await code(dir, ""), "manifest/unreadable");
  assert.equal(await code(dir, " \n\n"), "manifest/unreadable");
  assert.equal(
    await code(dir, new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1])),
    "manifest/unreadable",
  );
  assert.equal(
    await code(dir, new Uint8Array([0x6e, 0x3a, 0xe9])),
    "manifest/unreadable",
  );
  assert.equal(
    await code(dir, new Uint8Array([0xff, 0xfe, 0x6e, 0])),
    "manifest/unreadable",
  );
  assert.equal(await code(dir, "a: [1"), "manifest/unreadable");
  assert.equal(await code(dir, "a: 1\n---\nb: 2"), "manifest/unreadable");
  assert.equal(
    await code(dir, "name: !!js/function 'x'"),
    "manifest/unreadable",
  );
  assert.equal(await code(dir, "a: 1\na: 2"), "manifest/unreadable");
  assert.equal(
    await code(dir, '{"steps": [], "steps": []}'),
    "manifest/unreadable",
  );
  assert.equal(await code(dir, "# nothing"), "manifest/invalid");
  assert.equal(await code(dir, "hello"), "manifest/invalid");
  assert.equal(await code(dir, "- a"), "manifest/invalid");
});

Deno.test("readManifest() refuses nesting and aliases that explode", async () => {
  await using dir = await tempDir();
  assert.equal(await code(dir, "[".repeat(100_000)), "manifest/unreadable");
  assert.equal(
    await code(dir, "{a: ".repeat(80) + "1" + "}".repeat(80)),
    "manifest/unreadable",
  );
  assert.equal(await code(dir, "- ".repeat(70) + "a"), "manifest/unreadable");
  assert.equal(await code(dir, bomb()), "manifest/unreadable");
  assert.equal(await code(dir, "steps: &a [*a]"), "manifest/unreadable");
  const long = `a: &a "${"x".repeat(1_000_000)}"\nb: [${
    Array(200).fill("*a").join(",")
  }]`;
  assert.equal(await code(dir, long), "manifest/unreadable");
});

Deno.test("readManifest() refuses 200 MB without reading them", async () => {
  await using dir = await tempDir();
  const path = await dir.write("big.yaml", step);
  await Deno.truncate(path, 200_000_000);
  assert.equal(
    (await refusal(() => loadManifest(path))).code,
    "manifest/unreadable",
  );
});

Deno.test("readManifest() refuses values that JSON can't hold", async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.me = cyclic;
  assert.equal(
    (await refusal(() => loadManifest(cyclic))).code,
    "manifest/unreadable",
  );
  const odd = {
    a: NaN,
    b: 2 ** 60,
    c: new Date(0),
    d: () => 1,
    e: 1n,
    f: new Map(),
  };
  assert.deepEqual(await faultsOf(() => loadManifest(odd)), [
    "manifest/invalid",
    "a: is NaN, which JSON can't hold",
    "b: is a whole number too big to be held exactly",
    'c: is "Date", which JSON can\'t hold',
    "d: is a function, which JSON can't hold",
    "e: is a bigint, which JSON can't hold",
    'f: is "Map", which JSON can\'t hold',
  ]);
});

Deno.test("readManifest() refuses __proto__ and lets nothing through it", async () => {
  await using dir = await tempDir();
  const path = await dir.write(
    "m.yaml",
    `${step}\n__proto__: { polluted: yes }`,
  );
  assert.deepEqual(await faultsOf(() => loadManifest(path)), [
    "manifest/invalid",
    "__proto__: this name is not allowed",
  ]);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("readManifest() tells a missing file, a folder and a bad URL apart from content", async () => {
  await using dir = await tempDir();
  for (
    const name of [
      dir.file("no.yaml"),
      dir.path,
      "https://",
      dir.file("no", "no.yaml"),
    ]
  ) {
    assert.equal(
      (await refusal(() => loadManifest(name))).code,
      "manifest/unreadable",
    );
  }
});

Deno.test("readManifest() reads JSON, CRLF, a byte-order mark, and dates as text", async () => {
  await using dir = await tempDir();
  const json = await dir.write(
    "m.json",
    JSON.stringify({ name: "caf\u00e9 \u{1f600}", steps: [] }),
  );
  assert.equal((await readManifest(json, dir.path)).form, "inline");
  const yaml = await dir.write(
    "m.yaml",
    "\uFEFFday: 2024-01-02\r\nno: no\r\nzip: '00123'\r\n",
  );
  assert.deepEqual((await readManifest(yaml, dir.path)).value, {
    day: "2024-01-02",
    no: "no",
    zip: "00123",
  });
});

Deno.test("readManifest() takes relative paths from the working directory it is given", async () => {
  await using dir = await tempDir();
  await dir.write("sub/a%20b.yaml", step);
  const document = await readManifest("sub/a%20b.yaml", dir.path);
  assert.equal(document.location, dir.file("sub", "a%20b.yaml"));
  assert.equal(document.text, step);
});

Deno.test("readManifest() reads from a URL, with its size limit and errors", async () => {
  await using server = Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen() {},
  }, ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === "/m.yaml") return new Response(step);
    if (pathname === "/500.yaml") return new Response("no", { status: 500 });
    if (pathname === "/big.yaml") return new Response(endless());
    return new Response("not here", { status: 404 });
  });
  const root = `http://127.0.0.1:${server.addr.port}`;
  assert.equal((await loadManifest(`${root}/m.yaml`)).name, "m");
  assert.equal(
    (await loadManifest(new URL(`${root}/m.yaml`))).source,
    `${root}/m.yaml`,
  );
  for (const path of ["500.yaml", "404.yaml", "big.yaml"]) {
    assert.equal(
      (await refusal(() => loadManifest(`${root}/${path}`))).code,
      "manifest/unreadable",
    );
  }
});

function endless(): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(1 << 20).fill(0x20);
  return new ReadableStream({
    pull: (controller) => controller.enqueue(chunk),
  });
}
