/** What the Supabase tests share: a project with a table, and its connection. */
import type { Driven, DriveOptions } from "../kit/drive.ts";
import { drive } from "../kit/drive.ts";
import writer from "../../drivers/supabase/writer.ts";
import type { Batch } from "../../src/table/batch.ts";
import extractor from "../../drivers/supabase/extractor.ts";
import {
  type Project,
  type ProjectOptions,
  startProject,
} from "../kit/postgrest/project.ts";
import { formatType } from "../../src/table/type.ts";
import { type Cell, tableOf } from "../kit/table.ts";

/** Starts a project of the test's own. */
export function project(
  sql: string,
  options: ProjectOptions = {},
): Promise<Project> {
  return startProject({ sql, ...options });
}

/** A connection with the service key. */
export function serviceConnection(
  { url, serviceKey }: Project,
): Record<string, unknown> {
  return { url, service_role_key: serviceKey };
}

/** The direct channel's fields. */
export function directFields({ connection }: Project): Record<string, unknown> {
  const { host, port, user, password, database } = connection;
  return {
    pg_host: host,
    pg_port: port,
    pg_user: user,
    pg_password: password,
    pg_database: database,
    ssl: false,
  };
}

/** Reads with the extractor. */
export function extract(
  at: Project,
  config: Record<string, unknown>,
  more: Omit<DriveOptions, "config"> = {},
): Promise<Driven> {
  return drive(extractor, {
    connection: serviceConnection(at),
    config: { timeout: 10, ...config },
    ...more,
  });
}

/** Columns of a read by name. */
export function cells(driven: Driven): Record<string, Cell[]> {
  return tableOf(driven.batches);
}

/** Types of a read's columns by name. */
export function columnTypes(driven: Driven): Record<string, string> {
  return Object.fromEntries(
    driven.batches[0].schema.fields.map((
      { name, type },
    ) => [name, formatType(type)]),
  );
}

/** Writes with the writer, through the API unless the connection says otherwise. */
export function load(
  at: Project,
  config: Record<string, unknown>,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  more: Omit<DriveOptions, "config" | "inputs"> = {},
): Promise<Driven> {
  return drive(writer, {
    connection: serviceConnection(at),
    config: { timeout: 10, ...config },
    inputs: { df: batches },
    ...more,
  });
}

/** Rows of an SQL query as the owner, values as text. */
export async function rowsOf(
  at: Project,
  sql: string,
): Promise<(string | null)[][]> {
  return (await at.sql(sql)).map((row) => Object.values(row));
}
