import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createMasker } from "../../src/connection/masker.ts";
import { secretsOf } from "../../src/connection/secrets.ts";
import { fc } from "../deps/fast_check.ts";

const secret = 'p@ss "w/ö+rd\\%';

Deno.test("createMasker() finds a secret as it is and encoded", () => {
  const mask = createMasker([secret, "s3cr3t-key"]);
  const forms = [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).toLowerCase(),
    new URLSearchParams({ a: secret }).toString().slice(2),
    JSON.stringify(secret),
    JSON.stringify(JSON.stringify(secret)),
    "\\u00f6",
  ];
  for (const form of forms.slice(0, -1)) {
    assert.doesNotMatch(mask(`x ${form} y`), /w\/|rd|ss/, form);
  }
  assert.equal(mask("mysql://u:s3cr3t-key@h"), "mysql://u:***@h");
});

Deno.test("createMasker() finds a secret wherever it stands in base64", () => {
  fc.assert(fc.property(
    fc.uint8Array({ maxLength: 7 }),
    fc.uint8Array({ maxLength: 7 }),
    fc.constantFrom("base64", "base64url"),
    (before, after, encoding) => {
      const text = Buffer.concat([before, Buffer.from("correct horse"), after])
        .toString(encoding as "base64");
      const masked = createMasker(["correct horse"])(text);
      assert.ok(masked.includes("***"));
      assert.ok(
        masked.length - 3 <= text.length - 16,
        "leaves at most a few bits of the secret",
      );
    },
  ));
});

Deno.test("createMasker() finds any secret in any text and JSON", () => {
  const value = fc.string({ minLength: 4, unit: "binary" });
  fc.assert(
    fc.property(value, fc.string(), fc.string(), (hidden, before, after) => {
      const mask = createMasker([hidden]);
      assert.ok(
        !mask(before + hidden + after).includes(hidden) ||
          "***".includes(hidden) || before.includes("*"),
      );
      const json = mask(JSON.stringify({ error: before + hidden + after }));
      assert.ok(json.includes("***"));
    }),
  );
});

Deno.test("createMasker() finds a secret whichever of its characters are escaped", () => {
  const escapes: ((one: string) => string)[] = [
    encodeFully,
    (one) => encodeFully(one).toLowerCase(),
    (one) => encodeURIComponent(encodeFully(one)),
    (one) => one === " " ? "+" : encodeFully(one),
    (one) => one.split("").map((unit) => `\\u${hex(unit, 4)}`).join(""),
    (one) => `\\u{${one.codePointAt(0)!.toString(16).toUpperCase()}}`,
    (one) => one < "\u0100" ? `\\x${hex(one, 2)}` : one,
    (one) => JSON.stringify(one).slice(1, -1),
    (one) => `&#${one.codePointAt(0)};`,
    (one) => `&#x0${one.codePointAt(0)!.toString(16)};`,
    (one) => HTML[one] ?? one,
  ];
  const value = fc.string({
    minLength: 4,
    maxLength: 12,
    unit: fc.constantFrom(..."abc%&;\\\"'<> /ö€😀"),
  }).map((text) => `y${text}z`);
  fc.assert(fc.property(
    value,
    fc.constantFrom(...escapes),
    fc.infiniteStream(fc.boolean()),
    (hidden, escape, isEscaped) => {
      const text = [...hidden].map((one) =>
        MUST_BE_ESCAPED.test(one) || isEscaped.next().value ? escape(one) : one
      ).join("");
      assert.equal(createMasker([hidden])(`-${text}-`), "-***-");
    },
  ));
});

const HTML: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** A writer who escapes at all escapes what would be read as an escape. */
const MUST_BE_ESCAPED = /[%&\\+]/;

function encodeFully(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`)
    .join("");
}

function hex(unit: string, digits: number): string {
  return unit.charCodeAt(0).toString(16).padStart(digits, "0");
}

Deno.test("createMasker() leaves what is escaped and no secret as it is", () => {
  const mask = createMasker(["hunter22"]);
  const text = "100 % a%20b %zz %ff \\u00 \\q &nope; &#x110000; C:\\new &lt;";
  assert.equal(mask(text), text);
  assert.equal(mask(`${text}hunter%322${text}`), `${text}***${text}`);
});

Deno.test("createMasker() takes time by the text's length, whatever it holds", () => {
  const hidden = "correct horse battery staple ".repeat(300);
  const mask = createMasker([hidden, "a".repeat(200)]);
  const texts = [
    ("a".repeat(199) + "b").repeat(500),
    "%61".repeat(199 * 100),
    "%2525".repeat(20_000),
    "&amp;".repeat(20_000),
    "\\".repeat(100_000),
    encodeURIComponent(hidden).slice(0, -1).repeat(8),
  ];
  for (const text of texts) {
    const once = cost(() => mask(text));
    const eightTimes = cost(() => mask(text.repeat(8)));
    // By the square it would be 64 times.
    assert.ok(eightTimes < 32 * Math.max(once, 2), `${once}, ${eightTimes}`);
  }
});

/** The least of a few runs, in milliseconds. */
function cost(act: () => void): number {
  return Math.min(...[1, 2, 3].map(() => {
    const start = performance.now();
    act();
    return performance.now() - start;
  }));
}

Deno.test("createMasker() masks the longest of nested secrets", () => {
  const mask = createMasker(["pass", "password123"]);
  assert.equal(mask("password123 and pass"), "*** and ***");
});

Deno.test("createMasker() finds a short secret only where it stands alone", () => {
  const mask = createMasker(["ab", ""]);
  assert.equal(
    mask("table :ab@host ab=ab cabs"),
    "table :***@host ***=*** cabs",
  );
});

Deno.test("createMasker() leaves text alone when there is nothing to hide", () => {
  assert.equal(createMasker([])("password"), "password");
  assert.equal(createMasker(["hunter22"])("a.b|c$&"), "a.b|c$&");
});

Deno.test("secretsOf() takes named fields, fields with secret names, and passwords in URLs", () => {
  const secrets = secretsOf({
    host: "db",
    author: "me",
    primary_key: "id",
    pin: 1234,
    password: "pw1",
    service_role_key: "pw2",
    headers: { Authorization: "Bearer pw3", accept: "json" },
    ssl: { ca: "text", key: "pw4", pin: 5, word: "pw6" },
    url: "postgresql://u:p%40w5@h:1/db",
    empty_password: "",
  }, ["pin", "ssl.word"]);
  assert.deepEqual(secrets, [
    "1234",
    "pw1",
    "pw2",
    "Bearer pw3",
    "pw4",
    "pw6",
    "p%40w5",
    "p@w5",
  ]);
});
