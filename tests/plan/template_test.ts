import assert from "node:assert/strict";
import { netItem, netValue } from "../../src/plan/net_item.ts";
import { expandTemplate, hasValue } from "../../src/plan/template.ts";

const scope = {
  config: {
    path: "a.csv",
    empty: "",
    none: null,
    off: false,
    deep: { x: 1 },
    list: [1],
  },
  connection: { host: "::1", port: 3306, url: "https://x.supabase.co" },
};

Deno.test("expandTemplate() fills in values, then fallbacks, else gives nothing", () => {
  assert.equal(expandTemplate("{config.path}", scope), "a.csv");
  assert.equal(
    expandTemplate("{connection.host}:{connection.port|1}", scope),
    "::1:3306",
  );
  assert.equal(
    expandTemplate("{config.no|x}-{config.empty|y}-{config.off|z}", scope),
    "x-y-false",
  );
  assert.equal(expandTemplate("a{config.no|}b", scope), "ab");
  assert.equal(expandTemplate("{config.deep.x}", scope), "1");
  for (
    const missing of [
      "no",
      "none",
      "deep",
      "list",
      "empty",
      "constructor",
      "__proto__.x",
      "path.length",
    ]
  ) {
    assert.equal(
      expandTemplate(`x{config.${missing}}`, scope),
      undefined,
      missing,
    );
  }
  assert.equal(
    expandTemplate("{connection.host}", { config: {}, connection: null }),
    undefined,
  );
});

Deno.test("hasValue() takes null and false for no value", () => {
  assert.deepEqual(
    ["config.path", "{config.empty}", "config.none", "config.off", "config.no"]
      .map((path) => hasValue(path, scope)),
    [true, true, false, false, false],
  );
});

Deno.test("netItem() takes host:port and URLs, which stand for theirs", () => {
  const cases: [string, string | undefined][] = [
    ["db:3306", "db:3306"],
    ["[::1]:5432", "[::1]:5432"],
    ["*.example.com", "*.example.com"],
    ["unix:/tmp/x.sock", "unix:/tmp/x.sock"],
    ["https://x.supabase.co/rest?a=b", "x.supabase.co:443"],
    ["http://127.0.0.1:54321", "127.0.0.1:54321"],
    ["https://h:443/", "h:443"],
    ["postgresql://u:p%40w@db.example/x", "db.example:5432"],
    ["mysql://u:p@[::1]:3307/x", "[::1]:3307"],
    ["gopher://x", "x"],
    ["db:port", undefined],
    ["a b:1", undefined],
    ["u@h:1", undefined],
    ["db:3306/x", undefined],
    ["::1:3306", undefined],
  ];
  for (const [text, expected] of cases) {
    assert.equal(netItem(text), expected, text);
  }
  assert.equal(
    expandTemplate("{connection.host}:{connection.port}", scope, netValue),
    "[::1]:3306",
  );
});
