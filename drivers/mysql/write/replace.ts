/**
 * Puts new rows in the place of all old ones: loads a table beside the old one
 * and swaps the two by their names, so that readers see the old rows until they
 * see the new ones.
 *
 * @module
 */
import { quoteNames, quoteTable } from "../quote.ts";
import type { Session } from "../session.ts";
import { inTransaction, requireTransactions } from "./append.ts";
import { createTableSql } from "./create_table.ts";
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
  await sweep(session, schema, target.name, job.context);
  const names = await claimNames(session, target.name);
  const stage = quoteTable(names.stage, schema);
  return await undoing(job, async () => {
    await session.run(
      `CREATE TABLE ${stage} LIKE ${targetSql(target)}`,
      "make room for the rows",
      `table "${target.name}"`,
    );
    const isSwap = target.ties.length === 0;
    if (isSwap) await keepCounter(session, targetSql(target), stage);
    const written = await loadInto(job, target, stage);
    if (isSwap) await swap(job, target, names);
    else await moveRows(job, target, names);
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
  { stage, old }: StagingNames,
): Promise<void> {
  const { session, schema, context } = job;
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
    await session.run(`DROP TABLE ${quoteTable(old, schema)}`);
  } catch (error) {
    context.log(
      "warn",
      `The old table stays as "${old}": ${(error as Error).message}`,
    );
  }
}

/** Replaces the rows but not the table, which has triggers or keys that a swap would lose. */
async function moveRows(
  job: Job,
  target: Target,
  { stage }: StagingNames,
): Promise<void> {
  const { session, schema, context } = job;
  requireTransactions(target, "replace the rows of");
  context.emit("replaced_in_place", { because: target.ties.join(", ") });
  const columns = quoteNames(
    target.columns.filter(({ isGenerated }) => !isGenerated)
      .map(({ name }) => name),
  );
  const from = quoteTable(stage, schema), into = targetSql(target);
  const where = `table "${target.name}"`;
  await inTransaction(job, async () => {
    await session.run(`DELETE FROM ${into}`, "empty the table", where);
    await session.run(
      `INSERT INTO ${into} (${columns}) SELECT ${columns} FROM ${from}`,
      "fill the table",
      where,
    );
  });
  await session.run(`DROP TABLE ${from}`);
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
