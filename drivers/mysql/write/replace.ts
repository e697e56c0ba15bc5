/**
 * Puts new rows in the place of all old ones: loads a table beside the old one
 * and swaps the two by their names, so that readers see the old rows until they
 * see the new ones.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";
import { quoteTable } from "../quote.ts";
import type { Session } from "../session.ts";
import { createTableSql } from "./create_table.ts";
import { moveRows, requireInPlace } from "./in_place.ts";
import { type Job, loadInto, makeFinal, undoing, type Written } from "./job.ts";
import { claimNames, type StagingNames, sweep } from "./staging.ts";
import { findTarget, type Target, targetSql } from "./target.ts";

/** Makes the table with these rows; it is not there before all of them are. */
export async function create(job: Job): Promise<Written> {
  const { session, schema, request } = job;
  await sweep(session, schema, request.table, job.context);
  const names = await claimNames(session, request.table);
  const stage = quoteTable(names.stage, schema);
  return await undoing(job, async () => {
    await session.run(
      createTableSql(job.input, {
        into: stage,
        request,
        isMariadb: session.isMariadb,
      }),
      "create the table",
      `table "${request.table}"`,
    );
    const made = await findTarget(session, schema, names.stage);
    const written = await loadInto(job, made!, stage);
    await makeFinal(
      job,
      `RENAME TABLE ${stage} TO ${quoteTable(request.table, schema)}`,
      "name the table",
      `table "${request.table}"`,
    );
    return written;
  }, (usable) => dropStaging(usable, schema, names));
}

/** Replaces the rows of a table. */
export async function replace(job: Job, target: Target): Promise<Written> {
  const { session, schema } = job;
  const isSwap = target.ties.length === 0;
  if (!isSwap) await requireInPlace(session, target);
  await sweep(session, schema, target.name, job.context);
  const names = await claimNames(session, target.name);
  const stage = quoteTable(names.stage, schema);
  return await undoing(job, async () => {
    await session.run(
      `CREATE TABLE ${stage} LIKE ${targetSql(target)}`,
      "make room for the rows",
      `table "${target.name}"`,
    );
    if (isSwap) await keepCounter(session, targetSql(target), stage);
    const written = await loadInto(job, target, stage);
    if (isSwap) {
      await swap(job, target, names);
      return written;
    }
    await moveRows(job, target, stage, written.rows);
    await dropStaging(session, schema, names).catch((error) =>
      job.context.log("warn", `A table stays: ${(error as Error).message}`)
    );
    return written;
  }, (usable) => dropStaging(usable, schema, names));
}

/** Lets AUTO_INCREMENT go on where it was: numbers of rows that are gone must not come again. */
async function keepCounter(
  session: Session,
  table: string,
  stage: string,
): Promise<void> {
  const { rows } = await session.run(`SHOW CREATE TABLE ${table}`);
  // The option stands before the comment, which may hold any text.
  const next = /^\).*? AUTO_INCREMENT=(\d+)/m.exec(rows[0]?.[1] ?? "")?.[1];
  if (next === undefined) return;
  await session.run(`ALTER TABLE ${stage} AUTO_INCREMENT = ${next}`);
}

async function swap(
  job: Job,
  target: Target,
  names: StagingNames,
): Promise<void> {
  const { session, schema, context } = job;
  const { stage, old } = names;
  await makeFinal(
    job,
    `RENAME TABLE ${targetSql(target)} TO ${quoteTable(old, schema)}, ${
      quoteTable(stage, schema)
    } TO ${targetSql(target)}`,
    "swap the tables",
    `table "${target.name}"`,
  );
  // The new rows are in place: what fails from here on must not look as if they weren't.
  try {
    // For who has switched them off too: others' keys would refer to no table afterwards.
    await session.run("SET SESSION foreign_key_checks = 1");
    await session.run(`DROP TABLE ${quoteTable(old, schema)}`);
  } catch (error) {
    if ((error as OsirisError).code === "sql/constraint") {
      await swapBack(job, target, names, error);
    }
    context.log(
      "warn",
      `The old table stays as "${old}": ${(error as Error).message}`,
    );
  }
}

/**
 * Undoes a swap: foreign keys of others refer to the old table, and would go with
 * it. The server hides them from who has no right on the tables that they are of.
 */
async function swapBack(
  { session, schema }: Job,
  target: Target,
  { stage, old }: StagingNames,
  cause: unknown,
): Promise<never> {
  const where = `table "${target.name}"`;
  await session.run(
    `RENAME TABLE ${targetSql(target)} TO ${quoteTable(stage, schema)}, ${
      quoteTable(old, schema)
    } TO ${targetSql(target)}`,
    "swap the tables back",
    where,
  );
  throw new OsirisError(
    "sql/constraint",
    `Cannot swap the tables: ${where}: foreign keys that the user may not see refer to it`,
    {
      cause,
      hint: "Grant SELECT on the tables that refer to it, or use mode: upsert",
    },
  );
}

async function dropStaging(
  session: Session,
  schema: string,
  { stage }: StagingNames,
): Promise<void> {
  await session.run(
    `DROP TABLE IF EXISTS ${quoteTable(stage, schema)}`,
    "remove the rows again",
  );
}
