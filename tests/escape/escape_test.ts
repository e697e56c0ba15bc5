// Attempts to leave the sandbox come to what the catalogue and docs/security.md say, and the host goes on.

import assert from "node:assert/strict";
import { tempDir } from "../kit/temp.ts";
import { type Attempt, type Level, LEVELS, type Outcome } from "./attempt.ts";
import { attempts } from "./catalogue.ts";
import { runCatalogue, type Seen } from "./run.ts";
import { plainTable, SECURITY_FILE, securityPart, withPart } from "./table.ts";

/** What the command line ends with. */
function exitOf(outcome: Outcome, status: string): number {
  if (outcome === "harmless" || outcome === "open") return 0;
  if (/^permission\/|\/permission$/.test(outcome)) return 3;
  return status === "refused" ? 2 : 1;
}

/** What is wrong with how an attempt has ended; nothing if all is as it should be. */
function faultsOf(attempt: Attempt, level: Level, seen: Seen): string[] {
  const { outcome, why, report, output, exit } = seen;
  const expected = attempt[level];
  if (outcome !== expected) {
    return [`expected ${expected}, seen ${outcome}: ${why}`];
  }
  // It was to die, or it may do as it likes.
  if (report === null || expected === "open") return [];
  const wanted = exitOf(expected, report.status);
  return [
    ...(report.exit === wanted
      ? []
      : [`exit code ${report.exit}, not ${wanted}`]),
    ...(exit === null || exit === wanted
      ? []
      : [`the host ended with ${exit}`]),
    ...(report.status === "refused" || report.lastEvent === "run_end"
      ? []
      : [`the log ends with ${report.lastEvent}`]),
    ...(report.stuck.length === 0 || attempt.isAlone ? [] : ["it is stuck"]),
    ...(output === "" ? [] : [`it was written: ${output}`]),
  ];
}

Deno.test("each attempt to escape comes to what the catalogue says", async () => {
  await using folder = await tempDir("escape-");
  const seen = await runCatalogue(folder.path);
  const faults = LEVELS.flatMap((level) =>
    attempts.flatMap((attempt) =>
      faultsOf(attempt, level, seen[level].get(attempt.name)!).map((fault) =>
        `${level} ${attempt.name}: ${fault}`
      )
    )
  );
  assert.deepEqual(faults, []);
  await Deno.stdout.write(new TextEncoder().encode(`${plainTable()}\n`));
});

Deno.test("docs/security.md says what the catalogue says", async () => {
  const text = await Deno.readTextFile(SECURITY_FILE);
  assert.equal(
    text,
    withPart(text, await securityPart()),
    "run: deno run -A --no-prompt tests/escape/table.ts",
  );
});

Deno.test("each driver of the catalogue is in it, once", () => {
  const files = [...Deno.readDirSync(new URL("drivers/", import.meta.url))]
    .filter(({ isFile }) => isFile).map(({ name }) => name.replace(".ts", ""));
  const named = attempts.map(({ name }) => name);
  assert.deepEqual(files.filter((file) => !named.includes(file)), []);
  assert.equal(new Set(named).size, named.length);
  assert.ok(named.length >= 60);
});
