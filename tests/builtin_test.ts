import assert from "node:assert/strict";
import { builtinDrivers } from "../drivers/builtin.ts";
import { schemaFaults } from "../src/schema/keywords.ts";

for (const [name, { spec, origin }] of builtinDrivers) {
  Deno.test(`${name} is described by plain data and schemas that are checked whole`, () => {
    assert.equal(spec.name, name);
    assert.deepEqual(structuredClone(spec), spec);
    assert.deepEqual(schemaFaults(spec.config, "config"), []);
    if (spec.connection) {
      assert.deepEqual(schemaFaults(spec.connection.fields, "fields"), []);
    }
    const { type, additionalProperties, properties } = spec.config;
    assert.deepEqual([type, additionalProperties], ["object", false]);
    for (
      const [key, own] of Object.entries(
        properties as Record<string, { description?: string }>,
      )
    ) {
      assert.ok(own.description, `${key} has no description`);
    }
  });

  Deno.test(`${name} has the code that its spec describes`, async () => {
    assert.equal(origin.kind, "builtin");
    if (origin.kind !== "builtin") return;
    assert.equal((await origin.load()).default.spec.name, name);
    assert.ok((await Deno.stat(origin.worker)).isFile);
  });
}
