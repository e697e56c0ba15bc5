/**
 * The catalogue as tables, for people and for `docs/security.md`.
 *
 * `deno run -A --no-prompt tests/escape/table.ts` writes its part of the file;
 * the test of the catalogue fails when the file says something else, or when an
 * attempt comes to something else than the catalogue says.
 *
 * @module
 */
import type { Attempt, Level, Outcome, Threat } from "./attempt.ts";
import { THREATS } from "./catalogue.ts";

/** The file that holds the part. */
export const SECURITY_FILE = new URL("../../docs/security.md", import.meta.url);

const BEGIN = "<!-- made by tests/escape/table.ts -->";
const END = "<!-- /made -->";

/** The file's text with the part in it replaced. */
export function withPart(text: string, part: string): string {
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${SECURITY_FILE}: no ${BEGIN}`);
  return `${before}${BEGIN}\n\n${part}\n${END}${after}`;
}

/** The part as Markdown, formatted as `deno fmt` would. */
export async function securityPart(): Promise<string> {
  const lists = await Promise.all(THREATS.map(attemptsList));
  return [
    ...tableLines([
      ["a driver tries to", "attempts", "worker", "process", "remote"],
      ...THREATS.map((threat) => [
        threat.title,
        String(threat.attempts.length),
        summary(threat, "worker"),
        summary(threat, "process"),
        threat.remote,
      ]),
    ]),
    "",
    "### Every attempt",
    "",
    lists.join("\n"),
  ].join("\n");
}

/** The same for a terminal. */
export function plainTable(): string {
  const rows = THREATS.flatMap(({ title, attempts }) => [
    ["", "", ""],
    [title.toUpperCase(), "worker", "process"],
    ...attempts.map((one) => [`  ${one.name}`, one.worker, one.process]),
  ]);
  return rows.map(([name, worker, process]) =>
    `${name.padEnd(58)}${worker.padEnd(26)}${process}`.trimEnd()
  ).join("\n");
}

function summary({ attempts }: Threat, level: Level): string {
  const open = attempts.filter((one) => isOpen(one[level]));
  if (open.length === 0) return "held";
  const names = open.map(({ name }) => `\`${name}\``).join(", ");
  return open.length === attempts.length
    ? `**open**: ${names}`
    : `held but ${names}`;
}

function isOpen(outcome: Outcome): boolean {
  return outcome === "open" || outcome === "dies";
}

async function attemptsList({ title, attempts }: Threat): Promise<string> {
  const rows = await Promise.all(attempts.map(async (one) => [
    `\`${one.name}\``,
    await triesOf(one),
    shown(one.worker),
    shown(one.process),
  ]));
  const head = [`To ${title}`, "", "worker", "process"];
  return [...tableLines([head, ...rows]), ""].join("\n");
}

/** What an attempt tries: its own word, or the first line of its driver. */
export async function triesOf({ name, tries }: Attempt): Promise<string> {
  if (tries !== undefined) return tries;
  const url = new URL(`drivers/${name}.ts`, import.meta.url);
  const [first] = (await Deno.readTextFile(url)).split("\n");
  return first.replace(/^\/\/ /, "");
}

function shown(outcome: Outcome): string {
  if (outcome === "harmless") return "gets nothing";
  if (outcome === "dies") return "**ends the run**";
  return outcome === "open" ? "**open**" : `\`${outcome}\``;
}

function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) =>
    Math.max(3, ...rows.map((row) => [...row[column]].length))
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const [head, ...body] = rows.map((row) =>
    line(
      row.map((cell, column) =>
        cell + " ".repeat(widths[column] - [...cell].length)
      ),
    )
  );
  return [head, line(widths.map((width) => "-".repeat(width))), ...body];
}

if (import.meta.main) {
  const text = await Deno.readTextFile(SECURITY_FILE);
  await Deno.writeTextFile(SECURITY_FILE, withPart(text, await securityPart()));
}
