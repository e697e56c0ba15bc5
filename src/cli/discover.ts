/**
 * `osiris discover`.
 *
 * @module
 */
import { discover, type DiscoveredTable } from "../../mod.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";
import { columns, printable } from "./terminal.ts";
import { countOf } from "../units.ts";

/** Lists tables with their estimated rows, or the columns of one. */
export const action: CommandAction = async ({ args, terminal }) => {
  const [reference, table] = args.positionals;
  const connections = args.text("connections");
  const envFile = args.text("env-file");
  const tables = await discover(reference, table ?? null, {
    ...(connections !== undefined && { connections }),
    ...(envFile !== undefined && { envFile }),
  });
  if (args.has("json")) printJson(terminal, tables);
  else if (table === undefined) {
    terminal.out(printable(columns(tables.map(tableRow))));
  } else terminal.out(printable(tables.map(tableText).join("\n")));
  return 0;
};

function tableRow(
  { schema, name, kind, rows, columns }: DiscoveredTable,
): string[] {
  return [
    schema === null ? name : `${schema}.${name}`,
    kind,
    rows === null ? "" : `about ${countOf(rows, "row")}`,
    countOf(columns.length, "column"),
  ];
}

function tableText(table: DiscoveredTable): string {
  const rows = table.columns.map((
    { name, type, logicalType, nullable, key },
  ) => [
    `  ${name}`,
    type,
    logicalType,
    nullable ? "null" : "not null",
    key ?? "",
  ]);
  return `${tableRow(table).filter(Boolean).join("  ")}\n${columns(rows)}`;
}
