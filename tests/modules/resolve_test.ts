import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DriverRegistry } from "../../src/driver/registry.ts";
import { readManifest } from "../../src/manifest/document.ts";
import { sha256Bytes } from "../../src/modules/hash.ts";
import { resolveDrivers } from "../../src/modules/resolve.ts";
import { deno } from "../kit/command.ts";
import { fakeDrivers } from "../kit/fake_drivers.ts";
import { refusal } from "../kit/faults.ts";
import { startFileServer } from "../kit/file_server.ts";
import { tempDir } from "../kit/temp.ts";

const FOLDER = fileURLToPath(new URL("../testdata/drivers", import.meta.url));

async function resolveOne(
  driver: string,
  { cwd = FOLDER, allowUnpinned = false } = {},
): Promise<DriverRegistry> {
  const steps = [{ id: "a", driver }];
  const document = await readManifest({ steps }, cwd);
  return await resolveDrivers(document, fakeDrivers, { cwd, allowUnpinned });
}

async function originOf(driver: string, options = {}) {
  const found = (await resolveOne(driver, options)).get(driver)!;
  assert.equal(found.origin.kind, "module");
  return {
    spec: found.spec,
    origin: found.origin as Extract<typeof found.origin, { kind: "module" }>,
  };
}

Deno.test("a local driver is known by its spec, its file and its hash", async () => {
  const { spec, origin } = await originOf("./one_row.ts");
  const path = join(FOLDER, "one_row.ts");
  assert.equal(spec.name, "test.one_row");
  assert.deepEqual(origin.files, [path]);
  assert.equal(origin.sha256, await sha256Bytes(await Deno.readFile(path)));
  assert.deepEqual(origin.imports, []);
});

Deno.test("a driver's own code files are followed, nothing else is", async () => {
  const { origin } = await originOf("./in_parts.ts");
  assert.deepEqual(origin.files, [
    join(FOLDER, "in_parts.ts"),
    join(FOLDER, "parts", "spec.ts"),
  ]);
});

Deno.test("a change in any file of a driver changes its hash", async () => {
  await using dir = await tempDir();
  await dir.write("lib/b.ts", "export const b = 1;");
  const spec = await Deno.readTextFile(join(FOLDER, "parts/spec.ts"));
  await dir.write("lib/spec.ts", spec.replace(/^import.*$/m, ""));
  await dir.write(
    "a.ts",
    'import { spec } from "./lib/spec.ts"; import "./lib/b.ts"; export default { spec, run() {} };',
  );
  const before = (await originOf("./a.ts", { cwd: dir.path })).origin.sha256;
  await dir.write("lib/b.ts", "export const b = 2;");
  const after = (await originOf("./a.ts", { cwd: dir.path })).origin.sha256;
  assert.notEqual(before, after);
});

Deno.test("a link out of the driver's folder is not followed", async () => {
  await using dir = await tempDir();
  const outside = await dir.write("outside.ts", "export const spec = {};");
  await dir.write(
    "in/a.ts",
    'import { spec } from "./link.ts"; export default { spec, run() {} };',
  );
  const linked = await new Deno.Command("sh", {
    args: ["-c", `ln -s '${outside}' '${dir.file("in", "link.ts")}'`],
  }).output();
  assert.equal(linked.code, 0);
  const error = await refusal(() => resolveOne("./in/a.ts", { cwd: dir.path }));
  assert.equal(error.code, "driver/permission");
});

const refused: readonly (readonly [string, string, RegExp])[] = [
  [
    "reads_secrets_on_load",
    "driver/permission",
    /Requires read access to ".*beside.txt"/,
  ],
  [
    "reaches_out_on_load",
    "driver/permission",
    /Requires net access to "127.0.0.1:8099"/,
  ],
  [
    "imports_elsewhere",
    "driver/permission",
    /Requires read access to ".*any_code.ts"/,
  ],
  ["throws_on_load", "driver/invalid", /: broken/],
  ["exits_on_load", "driver/permission", /not available to drivers/],
  ["no_driver", "driver/invalid", /default export is not a driver/],
  ["not_there", "file/not-found", /no such file/],
];
for (const [name, code, message] of refused) {
  Deno.test(`a module that ${name.replaceAll("_", " ")} is refused before anything runs`, async () => {
    const error = await refusal(() => resolveOne(`./${name}.ts`));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    assert.ok(!/\p{Cc}/u.test(error.message), error.message);
  });
}

Deno.test("a spec that is not plain data of the right shape is refused with all its faults", async () => {
  const error = await refusal(() => resolveOne("./forges_spec.ts"));
  assert.equal(error.code, "driver/invalid");
  assert.deepEqual(error.faults?.map(({ path }) => path), ["extra"]);
  await using dir = await tempDir();
  const source = await Deno.readTextFile(join(FOLDER, "forges_spec.ts"));
  await dir.write("a.ts", source.replace("extra: new Map(),", ""));
  const shape = await refusal(() => resolveOne("./a.ts", { cwd: dir.path }));
  assert.deepEqual(shape.faults?.map(({ path }) => path), [
    "spec.name",
    "spec.summary",
    "spec.config.additionalProperties",
    "spec.config.properties.query.pattern",
  ]);
});

Deno.test("a template that names a secret or no key is refused", async () => {
  await using dir = await tempDir();
  const source = await Deno.readTextFile(join(FOLDER, "forges_spec.ts"));
  await dir.write(
    "a.ts",
    source.replace("extra: new Map(),", "").replace("\\u001b[2J", "2")
      .replace("two\\nlines", "x").replace(
        'type: "object",\n      properties: { query: { type: "string", pattern: "^(a+)+$" } }',
        'type: "object", additionalProperties: false, properties: { host: { type: "string" } }',
      ),
  );
  const error = await refusal(() => resolveOne("./a.ts", { cwd: dir.path }));
  assert.deepEqual(error.faults?.map(({ path }) => path), [
    "spec.needs.net[0]",
    "spec.needs.net[1]",
  ]);
  assert.match(error.faults![0].message, /a secret/);
});

for (
  const [pattern, maxLength] of [
    ["^(a+)+$"],
    ["(a)\\1"],
    [".*.*x"],
    ["^a*a*a*b"],
    ["a*a*a*a*b", 1000],
    [`^${"a?".repeat(40)}${"a".repeat(40)}$`, 100],
    [`^${"(a|a)".repeat(40)}b`, 100],
    ["^a{0,99}a{0,99}a{0,99}b"],
    ["^a$".padEnd(501, "a")],
  ] as [string, number?][]
) {
  Deno.test(`a spec may not have the host match ${pattern.slice(0, 30)}`, async () => {
    assert.deepEqual(await faultsOfPattern({ pattern, maxLength }), [
      "spec.config.properties.n.pattern",
    ]);
    if (maxLength !== undefined) return;
    const patternProperties = { [pattern]: {} };
    assert.deepEqual(await faultsOfPattern({ patternProperties }), [
      "spec.config.properties.n.patternProperties",
    ]);
  });
}

for (
  const pattern of [
    "^[A-Za-z_][A-Za-z0-9_]*$",
    "^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2})?$",
    "^[^@]+@[^@]+$",
    "^(a|b|c|d|e|f|g)$",
    "^https?://",
  ]
) {
  Deno.test(`a spec may have the host match ${pattern}`, async () => {
    assert.deepEqual(await faultsOfPattern({ pattern }), []);
  });
}

async function faultsOfPattern(schema: object): Promise<string[]> {
  await using dir = await tempDir();
  const source = await Deno.readTextFile(join(FOLDER, "bundled.js"));
  await dir.write(
    "a.js",
    source.replace(
      "properties: {",
      `properties: { n: { description: "N.", ...${JSON.stringify(schema)} },`,
    ),
  );
  const work = resolveOne("./a.js", { cwd: dir.path });
  const [settled] = await Promise.allSettled([work]);
  return settled.status === "fulfilled"
    ? []
    : settled.reason.faults.map(({ path }: { path: string }) => path);
}

Deno.test("imports are found in time by the text's length", async () => {
  await using dir = await tempDir();
  const blank = " ".repeat(4 << 20);
  const source = await Deno.readTextFile(join(FOLDER, "bundled.js"));
  await dir.write("b.ts", "export const b = 1;\n");
  await dir.write(
    "a.js",
    `${source}\n// from${blank}\nimport${blank}(${blank}"./b.ts");`,
  );
  const { origin } = await originOf("./a.js", { cwd: dir.path });
  assert.equal(origin.files?.length, 2);
});

Deno.test("a template that is not shown as it is is refused", async () => {
  await using dir = await tempDir();
  const source = await Deno.readTextFile(join(FOLDER, "bundled.js"));
  await dir.write(
    "a.js",
    source.replace(
      "output: true",
      'output: true, needs: { net: ["\\u202e344:moc.live"] }',
    ),
  );
  const error = await refusal(() => resolveOne("./a.js", { cwd: dir.path }));
  assert.deepEqual(error.faults?.map(({ path }) => path), [
    "spec.needs.net[0]",
  ]);
});

Deno.test("a spec that takes batches with some configs is checked as its config's schema is", async () => {
  await using dir = await tempDir();
  const source = await Deno.readTextFile(join(FOLDER, "parts/spec.ts"));
  const write = (streaming: string) =>
    dir.write(
      "a.ts",
      source.replace(/^import.*$/m, "").replace(": DriverSpec", "")
        .replace("output: true", `output: true, capabilities: ${streaming}`) +
        "export default { spec, run() {} };",
    );
  await write("{ streaming: { properties: { a: { const: 1 } } } }");
  const { spec } = await originOf("./a.ts", { cwd: dir.path });
  assert.deepEqual(spec.capabilities?.streaming, {
    properties: { a: { const: 1 } },
  });
  await write(
    '{ streaming: { propertyNames: { pattern: "^(a+)+$" }, wants: 1 } }',
  );
  const error = await refusal(() => resolveOne("./a.ts", { cwd: dir.path }));
  assert.deepEqual(error.faults?.map(({ path }) => path), [
    "spec.capabilities.streaming.wants",
    "spec.capabilities.streaming.propertyNames.pattern",
  ]);
});

Deno.test("a spec that stands for a billion values is refused at once", async () => {
  const started = performance.now();
  const error = await refusal(() => resolveOne("./huge_spec.ts"));
  assert.equal(error.code, "driver/invalid");
  assert.match(error.message, /too big|holds what can't be sent/);
  assert.ok(performance.now() - started < 3000);
});

Deno.test("a module is not taken for a built-in driver", async () => {
  await using dir = await tempDir();
  const source = await Deno.readTextFile(join(FOLDER, "parts/spec.ts"));
  await dir.write(
    "a.ts",
    source.replace(/^import.*$/m, "").replace("test.in_parts", "fake.reader")
      .replace(": DriverSpec", "") + "export default { spec, run() {} };",
  );
  const error = await refusal(() => resolveOne("./a.ts", { cwd: dir.path }));
  assert.equal(error.code, "driver/invalid");
  assert.match(error.message, /calls itself "fake.reader"/);
});

Deno.test("a module that never finishes loading is given up", async () => {
  // The thread goes on until its process ends: so in a process of its own.
  const code = `
    import { readSpec } from ${
    JSON.stringify(
      new URL("../../src/modules/read_spec.ts", import.meta.url).href,
    )
  };
    const path = ${JSON.stringify(join(FOLDER, "hangs_on_load.ts"))};
    try {
      await readSpec({ url: "file://" + path, files: [path], imports: [] }, "x", { silenceMs: 500 });
    } catch (error) { console.log(error.code, error.details.stuck); }
    Deno.exit(0);`;
  const { stdout } = await deno([
    "run",
    "-A",
    "--no-prompt",
    "--no-check",
    "--unstable-worker-options",
    `data:application/typescript,${encodeURIComponent(code)}`,
  ], { cwd: FOLDER });
  assert.equal(stdout, "driver/hung true\n");
});

Deno.test("a URL is refused without a hash, and the hash to check is named", async () => {
  await using server = startFileServer(FOLDER);
  const url = `${server.url}bundled.js`;
  const error = await refusal(() => resolveOne(url));
  assert.equal(error.code, "driver/unpinned");
  const hash = await sha256Bytes(
    await Deno.readFile(join(FOLDER, "bundled.js")),
  );
  assert.match(error.hint!, new RegExp(`#sha256=${hash}`));
});

Deno.test("a pinned URL is fetched once, checked, and run from the checked bytes", async () => {
  await using server = startFileServer(FOLDER);
  const hash = await sha256Bytes(
    await Deno.readFile(join(FOLDER, "bundled.js")),
  );
  const { spec, origin } = await originOf(
    `${server.url}bundled.js#sha256=${hash}`,
  );
  assert.equal(spec.name, "test.bundled");
  assert.equal(origin.sha256, hash);
  assert.equal(origin.source, `${server.url}bundled.js`);
  assert.match(origin.url, /^data:text\/javascript;base64,/);
  assert.deepEqual(server.requests, ["/bundled.js 200"]);
});

Deno.test("a module with another hash than its pin is refused", async () => {
  await using server = startFileServer(FOLDER);
  const pin = `#sha256=${"0".repeat(64)}`;
  for (const place of [`${server.url}bundled.js`, "./one_row.ts"]) {
    assert.equal(
      (await refusal(() => resolveOne(place + pin))).code,
      "driver/hash-mismatch",
    );
  }
});

Deno.test("an unpinned URL is taken when that is allowed", async () => {
  await using server = startFileServer(FOLDER);
  const { spec } = await originOf(`${server.url}bundled.js`, {
    allowUnpinned: true,
  });
  assert.equal(spec.name, "test.bundled");
});

Deno.test("a module from a URL is one file, for its hash covers no other", async () => {
  await using server = startFileServer(FOLDER);
  const error = await refusal(() =>
    resolveOne(`${server.url}in_parts.ts`, { allowUnpinned: true })
  );
  assert.equal(error.code, "driver/invalid");
  assert.match(error.hint!, /one file/);
});

Deno.test("packages need their exact version", async () => {
  for (const name of ["npm:some-driver", "npm:@a/b@^1.0.0", "jsr:@a/b@1"]) {
    assert.equal(
      (await refusal(() => resolveOne(name))).code,
      "driver/unpinned",
      name,
    );
  }
});

Deno.test("malformed references are refused", async () => {
  for (
    const name of [
      "./one_row.ts#sha1=00",
      "https://user:pw@host.example/x.ts",
      "https://",
      "npm:",
      "./beside.txt",
    ]
  ) {
    const error = await refusal(() => resolveOne(name));
    assert.equal(error.code, "driver/invalid", name);
    assert.doesNotMatch(error.message, /pw/);
  }
});

Deno.test("a name of osiris.drivers.yaml leads to its module", async () => {
  await using dir = await tempDir();
  await Deno.copyFile(join(FOLDER, "bundled.js"), dir.file("b.js"));
  await dir.write("osiris.drivers.yaml", "drivers:\n  my.rows: ./b.js\n");
  const registry = await resolveOne("my.rows", { cwd: dir.path });
  const { spec, origin } = registry.get("my.rows")!;
  assert.equal(spec.name, "test.bundled");
  assert.ok(origin.kind === "module");
  assert.equal(origin.declaredIn, dir.file("osiris.drivers.yaml"));
});

Deno.test("osiris.drivers.yaml may not take a built-in name, nor hold what is no module", async () => {
  await using dir = await tempDir();
  await dir.write("osiris.drivers.yaml", "drivers: { fake.reader: ./b.js }");
  assert.equal(
    (await refusal(() => resolveOne("my.rows", { cwd: dir.path }))).code,
    "driver/invalid",
  );
  await dir.write("osiris.drivers.yaml", "drivers: { my.rows: b.js }");
  assert.equal(
    (await refusal(() => resolveOne("my.rows", { cwd: dir.path }))).code,
    "manifest/invalid",
  );
});

Deno.test("a name that is nowhere is left to the manifest's check", async () => {
  assert.equal(
    await resolveOne("no.such").then((drivers) => drivers.size),
    fakeDrivers.size,
  );
});

Deno.test("several modules that can't be used are told at once", async () => {
  const steps = ["./no_driver.ts", "./not_there.ts"].map((driver, i) => ({
    id: `s${i}`,
    driver,
  }));
  const document = await readManifest({ steps }, FOLDER);
  const error = await refusal(() =>
    resolveDrivers(document, fakeDrivers, { cwd: FOLDER })
  );
  assert.deepEqual(error.faults?.map(({ path }) => path), [
    "steps[0].driver",
    "steps[1].driver",
  ]);
});
