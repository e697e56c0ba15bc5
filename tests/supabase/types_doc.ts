/**
 * Makes the Supabase part of `docs/types.md` of what the matrix showed.
 *
 * `deno run -A --no-prompt tests/supabase/types_doc.ts` writes it; the matrix
 * test fails when the file says something else.
 */
import { startProject } from "../kit/postgrest/project.ts";
import { closeRunFolder } from "../kit/watchdog.ts";
import {
  type MatrixRow,
  matrixTables,
  type Path,
  PATHS,
  runMatrix,
} from "./matrix.ts";

/** The file that holds the part. */
export const TYPES_FILE = new URL("../../docs/types.md", import.meta.url);

const BEGIN = "<!-- supabase: made by tests/supabase/types_doc.ts -->";
const END = "<!-- /supabase -->";

/** The file's text with the part in it replaced, or added at its end. */
export function withPart(text: string, part: string): string {
  const block = `${BEGIN}\n\n${part}\n${END}\n`;
  const start = text.indexOf(BEGIN), end = text.indexOf(END);
  if (start < 0 || end < start) {
    return text === "" ? block : `${text.trimEnd()}\n\n${block}`;
  }
  return text.slice(0, start) + block + text.slice(end + END.length + 1);
}

/** The part as Markdown, formatted as `deno fmt` would. */
export function typesPart(rows: readonly MatrixRow[]): string {
  const cells = rows.map((row) => [
    `\`${row.sample.type}\``,
    `\`${row.readAs}\``,
    `\`${row.madeType}\``,
    outcome(row, ["api", "copy", "made"]),
    outcome(row, ["csv_api", "csv_copy"]),
    outcome(row, ["arquero"]),
    row.sample.note ?? "",
  ]);
  return [
    "## Supabase",
    "",
    "Each type was read through the API with NULL and values at its edges, and",
    "written back: straight (through the API, by COPY, and into a table that the",
    "writer made), through a CSV file (as text), and through `arquero.transform`.",
    "“exact” says that PostgreSQL found no difference, text by text.",
    "",
    ...tableLines([
      ["type", "read as", "made as", "Supabase", "CSV", "Arquero", ""],
      ...cells,
    ]),
    "",
  ].join("\n");
}

function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((row) => [...row[column]].length))
  );
  const [head, ...body] = rows.map((row) =>
    `| ${
      row.map((cell, column) =>
        cell + " ".repeat(widths[column] - [...cell].length)
      ).join(" | ")
    } |`
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [head, rule, ...body];
}

function outcome({ differing }: MatrixRow, paths: readonly Path[]): string {
  const lost = paths.filter((path) => differing[path] > 0);
  return lost.length === 0 ? "exact" : `not exact (${lost.join(", ")})`;
}

/** What the file says, or nothing when it isn't there. */
export async function currentText(): Promise<string> {
  try {
    return await Deno.readTextFile(TYPES_FILE);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

if (import.meta.main) {
  {
    await using at = await startProject({ sql: matrixTables() });
    const rows = await runMatrix(at);
    const isExact = rows.every(({ differing }) =>
      PATHS.every((path) => differing[path] === 0)
    );
    if (!isExact) throw new Error("Cannot write docs/types.md: see the matrix");
    await Deno.writeTextFile(
      TYPES_FILE,
      withPart(await currentText(), typesPart(rows)),
    );
  }
  await closeRunFolder();
  Deno.exit(0);
}
