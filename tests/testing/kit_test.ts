// The conformance kit finds what it is there to find.
import assert from "node:assert/strict";
import { defineDriver, type Driver } from "../../src/driver/driver.ts";
import type { DriverSpec } from "../../src/driver/spec.ts";
import { OsirisError } from "../../src/error.ts";
import type { Batch } from "../../src/table/batch.ts";
import { types } from "../../src/table/type.ts";
import { CASES } from "../../src/testing/cases.ts";
import type { ConformanceOptions } from "../../src/testing/case.ts";
import {
  runDriver,
  specOf,
  type Subject,
} from "../../src/testing/run_driver.ts";
import { rowsOf, tableOf } from "../../src/testing/tables.ts";
import { typeSamples } from "../../src/testing/type_samples.ts";
import { TEMP_ROOT, tempDir } from "../kit/temp.ts";

const folder = { tempFolder: TEMP_ROOT };
await Deno.mkdir(TEMP_ROOT, { recursive: true });

function spec(
  mode: DriverSpec["mode"],
  more: Partial<DriverSpec> = {},
): DriverSpec {
  return {
    name: "test.driver",
    version: "1.0.0",
    summary: "Is tested.",
    mode,
    config: { type: "object", additionalProperties: false, properties: {} },
    inputs: mode === "extract" ? { min: 0, max: 0 } : { min: 1, max: 1 },
    output: mode !== "write",
    ...more,
  };
}

const one = (): Batch => tableOf({ n: [types.int32, [1]] });

/** Whether the driver passes the case whose name begins so. */
async function passes(
  name: string,
  subject: Subject,
  options: ConformanceOptions = {},
): Promise<boolean> {
  const found = CASES.filter((one) => one.name.startsWith(name));
  assert.equal(found.length, 1, name);
  const trial = {
    subject,
    spec: await specOf(subject),
    options: { ...folder, ...options },
    builtin: new Map(),
  };
  assert.equal(found[0].waitsFor(trial), null);
  try {
    await found[0].run(trial);
    return true;
  } catch (error) {
    if (
      error instanceof assert.AssertionError || error instanceof OsirisError
    ) return false;
    throw error;
  }
}

const good = defineDriver({
  spec: spec("transform", { capabilities: { streaming: true } }),
  async *run({ inputs }) {
    yield* inputs.df.batches();
  },
});

for (const { name, waitsFor } of CASES) {
  const trial = {
    subject: good,
    spec: good.spec,
    options: {},
    builtin: new Map(),
  };
  if (waitsFor(trial) !== null) continue;
  Deno.test(`a driver that passes its table on ${name}`, async () => {
    assert.equal(await passes(name, good), true);
  });
}

const faulty: readonly (readonly [string, string, Driver])[] = [
  ["describes", "has no word for a key of its config", {
    ...good,
    spec: spec("transform", {
      config: {
        type: "object",
        additionalProperties: false,
        properties: { a: { type: "string" } },
      },
    }),
  }],
  ["opens", "gives no batch", {
    spec: spec("transform"),
    async *run({ inputs }) {
      for await (const _ of inputs.df.batches());
      yield* [];
    },
  }],
  ["knows tables without rows", "gives nothing for a table without rows", {
    spec: spec("transform"),
    async *run({ inputs }) {
      for await (const batch of inputs.df.batches()) {
        if (batch.length > 0) yield batch;
      }
    },
  }],
  ["takes every logical type", "throws what it did not foresee", {
    spec: spec("transform"),
    async *run({ inputs }) {
      for await (const batch of inputs.df.batches()) {
        const hasDecimal = batch.columns.some(({ type }) =>
          type.kind === "decimal"
        );
        if (hasDecimal) throw new Error("no decimals");
        yield batch;
      }
    },
  }],
  ["takes every logical type", "loses rows", {
    spec: spec("write"),
    async run({ inputs }) {
      for await (const _ of inputs.df.batches());
      return { rowsWritten: 0 };
    },
  }],
  ["fails with its input", "takes a broken table for a whole one", {
    spec: spec("write"),
    async run({ inputs }) {
      try {
        for await (const _ of inputs.df.batches());
      } catch { /* as if nothing had happened */ }
      return { rowsWritten: 1 };
    },
  }],
  ["waits for a slow reader", "reads all before it gives anything", {
    spec: spec("transform", { capabilities: { streaming: true } }),
    async *run({ inputs }) {
      const kept: Batch[] = [];
      let isEnded = false;
      const reading = (async () => {
        for await (const batch of inputs.df.batches()) kept.push(batch);
        isEnded = true;
      })().catch(() => {});
      while (!isEnded || kept.length > 0) {
        while (kept.length > 0) yield kept.shift()!;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await reading;
    },
  }],
];
for (const [name, fault, driver] of faulty) {
  Deno.test(`the kit finds a driver that ${fault}`, async () => {
    assert.equal(await passes(name, driver), false);
  });
}

Deno.test("the kit finds a driver that does not stop", async () => {
  const stubborn: Driver = {
    spec: spec("extract"),
    async *run() {
      yield one();
      await new Promise((resolve) => setTimeout(resolve, 3500));
      yield one();
    },
  };
  assert.equal(await passes("stops", stubborn), false);
});

Deno.test("the kit finds a driver that fails with another code than it says", async () => {
  const broken: Driver = {
    spec: spec("extract"),
    async *run() {
      await Promise.reject(new TypeError("undefined is not a function"));
      yield one();
    },
  };
  const failing = { code: "sql/syntax" } as const;
  assert.equal(
    await passes("fails with a code", broken, { failing }),
    false,
  );
});

Deno.test("the kit finds a driver that asks for more than it needs", async () => {
  await using dir = await tempDir();
  const source = (needs: string): string => `
    export default {
      spec: {
        name: "test.reader", version: "1.0.0", summary: "Reads.", mode: "extract",
        config: {
          type: "object", additionalProperties: false,
          properties: { path: { type: "string", description: "A file." } },
        },
        inputs: { min: 0, max: 0 }, output: true,
        needs: { read: ${needs} },
      },
      async *run({ config }) {
        const text = await Deno.readTextFile(config.path);
        const type = { kind: "int", bits: 32, signed: true };
        yield {
          schema: { fields: [{ name: "n", type, nullable: false }] },
          length: 1,
          columns: [{ type, length: 1, nullCount: 0, validity: null, offsets: null, data: new Int32Array([text.length]) }],
        };
      },
    };`;
  const path = await dir.write("read_me.txt", "text");
  const config = { path };
  for (
    const [name, needs, expected] of [
      ["exact.ts", '["{config.path}"]', true],
      ["more.ts", '["{config.path}", "{config.path}.bak"]', false],
      ["less.ts", "[]", false],
    ] as const
  ) {
    await dir.write(name, source(needs));
    const module = new URL(`file://${dir.file(name)}`);
    const permissions = { read: [`${path}.bak`] };
    assert.equal(
      await passes("needs", module, {
        config,
        permissions: name === "more.ts" ? permissions : {},
      }),
      expected,
      name,
    );
  }
});

Deno.test("runDriver() hands a driver files and values, and gives back what it left", async () => {
  const writer: Driver = {
    spec: spec("write", {
      files: {
        from: { mode: "read", path: "from.txt" },
        to: { mode: "write", path: "to.txt" },
      },
    }),
    async run({ sources, targets, inputs, values }) {
      for await (const _ of inputs.df.batches());
      for await (const chunk of sources.from.open()) {
        await targets.to.write(chunk.slice());
      }
      await targets.to.write(new TextEncoder().encode(String(values.more)));
      await targets.to.close();
      return { rowsWritten: 1 };
    },
  };
  const run = await runDriver(writer, {
    ...folder,
    files: { "from.txt": "abc" },
    inputs: { df: [one()] },
    values: { more: "!" },
  });
  assert.equal(run.error, null);
  assert.equal(new TextDecoder().decode(run.files["to.txt"]), "abc!");
  assert.equal(run.rowsWritten, 1);
});

Deno.test("typeSamples() holds every logical type, and rowsOf() shows it", () => {
  const samples = typeSamples();
  const kinds = new Set(Object.values(samples).map(([type]) => type.kind));
  assert.deepEqual(
    [...kinds].sort(),
    [...new Set(Object.values(types).map(({ kind }) => kind)), "decimal"]
      .sort(),
  );
  const rows = rowsOf([tableOf(samples)]);
  assert.equal(rows.length, 3);
  assert.ok(rows[2].every((cell) => cell === null));
});
