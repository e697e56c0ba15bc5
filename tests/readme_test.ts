/**
 * What the README says is so: its commands run, its plan is the real one, its
 * tables name all there is.
 */
import assert from "node:assert/strict";
import { cp as copy } from "node:fs/promises";
import { join } from "node:path";
import { drivers } from "../mod.ts";
import type { JsonSchema } from "../src/driver/spec.ts";
import { inlineManifest } from "../src/manifest/shape.ts";
import { deno } from "./kit/command.ts";
import { type TempDir, tempDir } from "./kit/temp.ts";

const ROOT = join(import.meta.dirname!, "..");
const README = await Deno.readTextFile(join(ROOT, "README.md"));

/** The text between a heading and the next one of its level. */
function section(heading: string): string {
  const [, rest] = README.split(`\n## ${heading}\n`);
  return rest.split("\n## ")[0];
}

/** The code blocks of a language. */
function blocks(text: string, language: string): string[] {
  const pattern = new RegExp("^```" + language + "\n([^]*?)^```$", "gm");
  return Array.from(text.matchAll(pattern), ([, code]) => code);
}

/** Names in backticks in the first column of tables. */
function named(text: string): Set<string> {
  const rows = text.split("\n").filter((line) => line.startsWith("| "));
  return new Set(rows.flatMap((row) => {
    const [, key] = row.split("|");
    return Array.from(key.matchAll(/`([^`]+)`/g), ([, name]) => name);
  }));
}

Deno.test("every link of the README and the docs leads somewhere", async () => {
  const docs = Array.fromAsync(Deno.readDir(join(ROOT, "docs")));
  const pages = [
    "README.md",
    ...(await docs).map(({ name }) => `docs/${name}`),
  ];
  for (const page of pages) {
    const text = await Deno.readTextFile(join(ROOT, page));
    for (const [, link] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^https:/.test(link)) continue;
      await assert.doesNotReject(
        Deno.stat(join(ROOT, page, "..", link)),
        `${page}: ${link}`,
      );
    }
  }
});

Deno.test("the README shows the quickstart and its plan as they are", async () => {
  const [manifest] = blocks(section("A pipeline"), "yaml");
  const path = "examples/quickstart/manifest.yaml";
  assert.equal(manifest, await Deno.readTextFile(join(ROOT, path)));
  await using checkout = await freshCheckout();
  const { code, stdout, stderr } = await deno(
    ["run", "-P", "--no-prompt", "cli.ts", "plan", path],
    { cwd: checkout.path },
  );
  assert.equal(code, 0, stderr);
  const [plan] = blocks(section("What a step may touch"), "text");
  assert.equal(plan, stdout.replaceAll(checkout.path, "/home/you/osiris"));
});

/** A copy in which nothing has run yet, of which a plan would tell. */
async function freshCheckout(): Promise<TempDir> {
  const folder = await tempDir("checkout-");
  for (const name of ["cli.ts", "mod.ts", "deno.json"]) {
    await Deno.copyFile(join(ROOT, name), folder.file(name));
  }
  for (const name of ["drivers", "links", "src", "examples/quickstart"]) {
    await copy(join(ROOT, name), folder.file(name), { recursive: true });
  }
  return folder;
}

Deno.test("the commands of the README run in a checkout", async () => {
  const lines = blocks(section("A pipeline"), "sh").join("").split("\n");
  const commands = lines.filter((line) => line.startsWith("deno run -P "));
  assert.equal(commands.length, 3);
  for (const command of commands) {
    const { code, stderr } = await deno(command.split(" ").slice(1), {
      cwd: ROOT,
    });
    assert.equal(code, 0, stderr);
  }
});

Deno.test("the README names every driver, key and dependency", async () => {
  assert.deepEqual(
    [...named(section("Drivers"))].sort(),
    [...drivers.keys()].sort(),
  );
  const keys = named(section("Manifest reference"));
  const known = new Set([...keys].map((key) => key.split(".").at(-1)!));
  const missing = keysOf(inlineManifest).filter((key) => !known.has(key));
  // It stands before each of its keys, not by itself.
  assert.deepEqual(missing, ["steps"]);
  assert.deepEqual(
    [...named(section("Dependencies"))].sort(),
    await dependencies(),
  );
});

/** Every key of a schema, at any depth. */
function keysOf({ properties, items }: JsonSchema): string[] {
  const own = Object.entries((properties ?? {}) as Record<string, JsonSchema>);
  return [
    ...own.flatMap(([key, schema]) => [key, ...keysOf(schema)]),
    ...(items === undefined ? [] : keysOf(items as JsonSchema)),
  ];
}

/** Packages that `src/deps/` names, without their versions. */
async function dependencies(): Promise<string[]> {
  const folder = join(ROOT, "src", "deps");
  const names = new Set<string>();
  for await (const { name } of Deno.readDir(folder)) {
    const text = await Deno.readTextFile(join(folder, name));
    const pattern = /"(?:npm|jsr):((?:@[^/"]+\/)?[^@/"]+)/g;
    for (const [, name] of text.matchAll(pattern)) names.add(name);
  }
  return [...names].sort();
}
