import assert from "node:assert/strict";
import { COMMANDS } from "../../src/cli/commands.ts";
import { runCommand } from "../../src/cli/main.ts";
import { OPTIONS } from "../../src/cli/option_table.ts";
import { VERSION } from "../../src/cli/version.ts";
import { fakeTerminal } from "../kit/fake_terminal.ts";

/** Exit code, stdout and stderr of a command, in one text. */
async function transcript(...args: string[]): Promise<string> {
  const terminal = fakeTerminal();
  const code = await runCommand(args, terminal);
  return [
    `$ osiris ${args.join(" ")}`,
    ...(terminal.stdout === "" ? [] : ["--- stdout", terminal.stdout]),
    ...(terminal.stderr === "" ? [] : ["--- stderr", terminal.stderr]),
    `--- exit code ${code}`,
  ].join("\n");
}

Deno.test("osiris shows help of everything, a group and each command", async (t) => {
  const texts = [
    await transcript("--help"),
    await transcript(),
    await transcript("runs"),
  ];
  for (const name of Object.keys(COMMANDS)) {
    texts.push(await transcript(...name.split(" "), "--help"));
  }
  await t.assertSnapshot(texts.join("\n\n"));
});

Deno.test("osiris names a mistake on the command line and what is right", async (t) => {
  const mistakes = [
    ["rum", "m.yaml"],
    ["frobnicate"],
    ["--vresion"],
    ["runs", "lst"],
    ["help", "rnu"],
    ["run"],
    ["run", "a", "b"],
    ["run", "a", "--jsn"],
    ["run", "a", "-x"],
    ["run", "a", "--quiet=no"],
    ["run", "a", "--out"],
    ["run", "a", "--out", "--json"],
    ["run", "a", "--out=x", "--out=y"],
    ["run", "a", "--parallel", "many"],
    ["run", "a", "--parallel=0"],
    ["run", "a", "--memory-budget=1XB"],
    ["run", "a", "--isolation=wroker"],
    ["run", "a", "--param", "x"],
    ["run", "a", "--param=x=1", "--param=x=2"],
    ["run", "a", "--quiet", "--verbose"],
    ["validate", "a", "--connections=x"],
    ["drivers", "show", "arquero.transfrm"],
  ];
  const texts = [];
  for (const args of mistakes) texts.push(await transcript(...args));
  await t.assertSnapshot(texts.join("\n\n"));
});

Deno.test("osiris tells every command's way in the same help, with or without --help first", async () => {
  const one = fakeTerminal();
  const two = fakeTerminal();
  assert.equal(await runCommand(["help", "runs", "show"], one), 0);
  assert.equal(await runCommand(["runs", "show", "-h"], two), 0);
  assert.equal(one.stdout, two.stdout);
});

Deno.test("osiris --version is the version of the package", async () => {
  const { version } = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  assert.equal(VERSION, version);
  const terminal = fakeTerminal();
  assert.equal(await runCommand(["--version"], terminal), 0);
  assert.equal(terminal.stdout, `osiris ${version}\n`);
});

Deno.test("every option is one of some command", () => {
  const used = new Set(
    Object.values(COMMANDS).flatMap(({ options }) => options),
  );
  for (const name of Object.keys(OPTIONS)) {
    assert.ok(name === "help" || used.has(name as "json"), name);
  }
});

Deno.test("--json puts a refusal on stdout as JSON and on stderr as text", async () => {
  const terminal = fakeTerminal();
  assert.equal(
    await runCommand(["validate", "no-such.yaml", "--json"], terminal),
    2,
  );
  const { status, error } = JSON.parse(terminal.stdout);
  assert.deepEqual([status, error.code], ["refused", "manifest/unreadable"]);
  assert.match(terminal.stderr, /manifest\/unreadable/);
});

Deno.test("what is shown can't move the cursor or forge lines", async () => {
  const terminal = fakeTerminal();
  await runCommand(["validate", "\x1b[2Jx\r\u202ey\x07.yaml"], terminal);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(terminal.stderr, /[\x00-\x09\x0b-\x1f\u202e]/);
});
