// The PostgREST fixture finds any text by any filter that quotes it.
import assert from "node:assert/strict";
import { fc } from "./deps/fast_check.ts";
import { startProject } from "./kit/postgrest/project.ts";

/** A value in double quotes, as lists and trees take it. */
const quoted = (text: string) =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

Deno.test("fixture finds whatever text was written, however it is asked for", async () => {
  await using project = await startProject({
    sql: "CREATE TABLE texts (id int, text text)",
  });
  const headers = {
    apikey: project.serviceKey,
    "Content-Type": "application/json",
  };
  const url = `${project.url}/rest/v1/texts`;
  const filters = (text: string): [string, string][] => [
    ["text", `eq.${text}`],
    ["text", `eq(any).{${quoted(text)}}`],
    ["text", `not.isdistinct.${text}`],
    ["or", `(text.eq.${quoted(text)},text.eq.other)`],
    // A list of one empty text is the empty list to PostgREST.
    ...(text === ""
      ? []
      : [["text", `in.(${quoted(text)},other)`] as [string, string]]),
  ];
  let id = 0;
  const anyText = fc.string({ unit: "grapheme" }).map((text: string) =>
    text.replaceAll("\0", "").toWellFormed()
  );
  const property = fc.asyncProperty(anyText, async (text: string) => {
    const body = JSON.stringify({ id: ++id, text });
    await (await fetch(url, { method: "POST", headers, body })).body?.cancel();
    for (const [key, value] of filters(text)) {
      const search = new URLSearchParams([["id", `eq.${id}`], [key, value]]);
      const found = await (await fetch(`${url}?${search}`, { headers })).json();
      assert.deepEqual(found, [{ id, text }]);
    }
  });
  const awkward = [
    "",
    "a,b",
    '"',
    "\\",
    "(x)",
    " lead ",
    "null",
    "{a}",
    "%_*",
    "'",
    "+&=#.",
    "not.eq.1",
  ];
  await fc.assert(property, {
    numRuns: 60,
    examples: awkward.map((text) => [text]),
  });
});
