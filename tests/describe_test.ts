import assert from "node:assert/strict";
import { childPath, isSecretName, seen, seenAt } from "../src/describe.ts";

Deno.test("childPath() writes plain keys with dots and others in brackets", () => {
  assert.equal(
    childPath(childPath(childPath("", "steps"), 2), "inputs"),
    "steps[2].inputs",
  );
  assert.equal(childPath("config", "a b"), 'config["a b"]');
  assert.equal(childPath("config", "a\n\x1b[2J"), 'config["a\\n\\u001b[2J"]');
});

Deno.test("seen() says what a value is on one short line", () => {
  assert.deepEqual(
    ["a\nb", 5, true, null, [], [1, 2], {}, undefined].map(seen),
    [
      '"a\\nb"',
      "5",
      "true",
      "null",
      "an empty list",
      "a list of 2",
      "a map",
      "nothing",
    ],
  );
  assert.ok(seen("x".repeat(1000)).length < 100);
});

Deno.test("seenAt() hides what stands under a secret name", () => {
  for (
    const path of [
      "password",
      "a.b.api_key",
      "config.auth.token",
      "x.serviceRoleKey",
      "x[2].secret",
      'x["pass phrase"].pwd',
    ]
  ) {
    assert.equal(seenAt(path, "hunter22"), "a value that is not shown", path);
  }
  assert.equal(seenAt("password.length", "x"), '"x"');
});

Deno.test("isSecretName() takes words, not parts of words", () => {
  for (
    const name of [
      "password",
      "DB_PASSWORD",
      "apiKey",
      "key",
      "pg_dsn",
      "access-token",
      "Authorization",
    ]
  ) {
    assert.ok(isSecretName(name), name);
  }
  for (
    const name of [
      "author",
      "primary_key",
      "upsert_keys",
      "tokenizer",
      "keyword",
      "host",
      "passenger",
    ]
  ) {
    assert.ok(!isSecretName(name), name);
  }
});
