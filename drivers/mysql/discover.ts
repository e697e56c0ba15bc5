/**
 * Lists tables and their columns for `osiris discover`.
 *
 * @module
 */
import type {
  DiscoveredTable,
  StepContext,
  StepInput,
} from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { formatType } from "../../src/table/type.ts";
import { openSession } from "./connect.ts";
import { type MysqlConnection, utcOffset } from "./options.ts";
import { quoteTable, quoteText } from "./quote.ts";
import type { ColumnDefinition, RawStatement } from "./raw.ts";
import type { Session, TextRow } from "./session.ts";
import { logicalType } from "./types.ts";

type Column = DiscoveredTable["columns"][number];

/** Lists the tables of the connection's database, or describes one: `name` or `schema.name`. */
export async function discover(
  step: Pick<StepInput, "connection">,
  context: StepContext,
  table: string | null,
): Promise<readonly DiscoveredTable[]> {
  const fields = step.connection as MysqlConnection;
  await using session = await openSession({ fields, context });
  const wanted = table === null ? null : splitName(table);
  const schema = wanted?.schema ?? await session.value("SELECT DATABASE()");
  if (schema === null) {
    throw new OsirisError(
      "connection/invalid",
      "Cannot list tables: the connection names no database",
      { hint: "Set database in the connection" },
    );
  }
  const { rows } = await session.run(
    "SELECT table_name, table_type, table_rows FROM information_schema.tables " +
      `WHERE table_schema = ${quoteText(schema)}` +
      (wanted === null ? "" : ` AND table_name = ${quoteText(wanted.name)}`) +
      " ORDER BY table_name",
    "list tables",
  );
  if (wanted !== null && rows.length === 0) {
    throw new OsirisError(
      "sql/unknown-table",
      `Cannot describe a table: "${table}": there is none of this name`,
      { hint: "List the tables first" },
    );
  }
  const found: DiscoveredTable[] = [];
  for (const row of rows) {
    found.push(await describe(session, schema, row, fields));
  }
  return found;
}

function splitName(text: string): { schema?: string; name: string } {
  const dot = text.indexOf(".");
  return dot < 0
    ? { name: text }
    : { schema: text.slice(0, dot), name: text.slice(dot + 1) };
}

async function describe(
  session: Session,
  schema: string,
  [name, kind, rows]: TextRow,
  fields: MysqlConnection,
): Promise<DiscoveredTable> {
  return {
    schema,
    name: name!,
    kind: kind === "VIEW" || kind === "SYSTEM VIEW" ? "view" : "table",
    rows: rows === null ? null : Number(rows),
    columns: await describeColumns(session, schema, name!, fields),
  };
}

async function describeColumns(
  session: Session,
  schema: string,
  table: string,
  fields: MysqlConnection,
): Promise<Column[]> {
  const { rows } = await session.run(
    "SELECT column_name, column_type, is_nullable, column_key " +
      "FROM information_schema.columns " +
      `WHERE table_schema = ${quoteText(schema)} AND table_name = ${
        quoteText(table)
      } ORDER BY ordinal_position`,
    "describe a table",
  );
  // A prepared SELECT tells the columns' types without reading a row.
  const definitions = await definitionsOf(session, schema, table);
  const policy = {
    tinyint1: "int",
    zeroDates: "error",
    utcOffset: utcOffset(fields),
  } as const;
  return rows.map(([name, type, nullable, key]) => {
    const definition = definitions.find((column) => column.name === name);
    return {
      name: name!,
      type: definition?.extendedFormat === "json" ? "json" : type!,
      logicalType: definition === undefined
        ? "unknown"
        : formatType(logicalType(definition, policy)),
      nullable: nullable === "YES",
      key: key === "PRI" ? "primary" : key === "UNI" ? "unique" : null,
    };
  });
}

async function definitionsOf(
  session: Session,
  schema: string,
  table: string,
): Promise<readonly ColumnDefinition[]> {
  const sql = `SELECT * FROM ${quoteTable(table, schema)} LIMIT 0`;
  try {
    const statement = await session.command<RawStatement>(
      { action: "describe a table", where: `table "${table}"` },
      (resolve, reject) =>
        session.raw.prepare(
          { sql },
          (error, prepared) => error ? reject(error) : resolve(prepared),
        ),
    );
    statement.close();
    return statement.columns;
  } catch (error) {
    // A view may be broken, or closed to the user; the others are still to be listed.
    if (session.isUsable && error instanceof OsirisError) return [];
    throw error;
  }
}
