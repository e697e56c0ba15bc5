/**
 * Looks at the table that is to be written to.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";
import { quoteTable, quoteText, requireName } from "../quote.ts";
import type { Session, TextRow } from "../session.ts";
import { findTies } from "./ties.ts";

/** A column of the table. */
export interface TargetColumn {
  readonly name: string;
  /** As SQL writes it: `decimal(10,2) unsigned`. */
  readonly type: string;
  /** The type's first word: `decimal`. */
  readonly base: string;
  readonly nullable: boolean;
  /** Whether rows may leave it out. */
  readonly isOptional: boolean;
  readonly isGenerated: boolean;
  readonly charset: string | null;
}

/** A key of which each value occurs once. */
export interface UniqueKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** Whether it looks at a value's first characters only. */
  readonly isPrefix: boolean;
}

/** The table that is to be written to. */
export interface Target {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly TargetColumn[];
  readonly uniqueKeys: readonly UniqueKey[];
  readonly engine: string;
  readonly isTransactional: boolean;
  /** What would be lost or changed if another table took its place: triggers, foreign keys, history. */
  readonly ties: readonly string[];
}

/** The database that the table is or will be in. */
export async function schemaOf(
  session: Session,
  schema: string | null,
): Promise<string> {
  const found = schema ?? await session.value("SELECT DATABASE()");
  if (found !== null) return found;
  throw new OsirisError(
    "connection/invalid",
    "Cannot write: no database is chosen",
    { hint: "Set database in the connection, or schema in the step" },
  );
}

/**
 * Looks at a table; null when there is none.
 *
 * @throws {OsirisError} `config/invalid` for a view, or a name that no table can have.
 */
export async function findTarget(
  session: Session,
  schema: string,
  name: string,
): Promise<Target | null> {
  requireName(schema);
  requireName(name);
  const where = `table_schema = ${quoteText(schema)} AND table_name = ${
    quoteText(name)
  }`;
  const { rows } = await session.run(
    `SELECT table_type, engine FROM information_schema.tables WHERE ${where}`,
    "look at the table",
  );
  if (rows.length === 0) return null;
  const [kind, engine] = rows[0];
  if (kind === "VIEW" || kind === "SYSTEM VIEW") {
    throw new OsirisError(
      "config/invalid",
      `Cannot write: "${name}": it is a view`,
      { hint: "Write to a table" },
    );
  }
  return {
    schema,
    name,
    columns: await findColumns(session, where),
    uniqueKeys: await findKeys(session, where),
    engine: engine ?? "",
    isTransactional: await isTransactional(session, engine ?? ""),
    ties: [
      ...kind === "SYSTEM VERSIONED" ? ["its history"] : [],
      ...await findTies(session, schema, name),
    ],
  };
}

/** The table's quoted name. */
export function targetSql({ schema, name }: Target): string {
  return quoteTable(name, schema);
}

async function findColumns(
  session: Session,
  where: string,
): Promise<TargetColumn[]> {
  const { rows } = await session.run(
    "SELECT column_name, column_type, data_type, is_nullable, character_set_name, " +
      "column_default, extra FROM information_schema.columns " +
      `WHERE ${where} ORDER BY ordinal_position`,
    "look at the table",
  );
  return rows.map(toColumn);
}

function toColumn(row: TextRow): TargetColumn {
  const [name, type, base, nullable, charset, preset, extra] = row;
  const isGenerated = /\b(virtual|persistent|stored)\b.*|generated always/i
    .test((extra ?? "").replace(/default_generated/i, ""));
  return {
    name: name!,
    type: type!,
    base: base!.toLowerCase(),
    nullable: nullable === "YES",
    // "auto_increment INVISIBLE" is what tables get that are made without a key.
    isOptional: nullable === "YES" || preset !== null || isGenerated ||
      /auto_increment/i.test(extra ?? ""),
    isGenerated,
    charset,
  };
}

async function findKeys(
  session: Session,
  where: string,
): Promise<UniqueKey[]> {
  const { rows } = await session.run(
    "SELECT index_name, column_name, sub_part FROM information_schema.statistics " +
      `WHERE ${where} AND non_unique = 0 ORDER BY index_name, seq_in_index`,
    "look at the table",
  );
  const keys = new Map<string, { columns: string[]; isPrefix: boolean }>();
  for (const [index, column, part] of rows) {
    const key = keys.get(index!) ?? { columns: [], isPrefix: false };
    key.columns.push(column ?? "");
    key.isPrefix ||= part !== null || column === null;
    keys.set(index!, key);
  }
  return [...keys].map(([name, key]) => ({ name, ...key }));
}

async function isTransactional(
  session: Session,
  engine: string,
): Promise<boolean> {
  const answer = await session.value(
    `SELECT transactions FROM information_schema.engines WHERE engine = ${
      quoteText(engine)
    }`,
    "look at the table",
  );
  return answer === "YES";
}
