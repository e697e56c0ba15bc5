/**
 * Tables that hold rows until they take the place of others, and the removal of
 * those that a killed run left behind.
 *
 * Each has a random part in its name, and a lock of that name that lives as
 * long as its run's connection: who gets the lock of another's table knows that
 * its run is gone.
 *
 * @module
 */
import type { StepContext } from "../../../src/driver/driver.ts";
import { quoteTable, quoteText } from "../quote.ts";
import type { Session } from "../session.ts";

/** Begins the names of our tables. */
const PREFIX = "_osiris_";

/** Characters of a table's name that fit behind prefix, random part and role. */
const MAX_NAME = 64 - PREFIX.length - 12 - 5;

/** Names for the tables of one run. */
export interface StagingNames {
  /** Where rows are loaded. */
  readonly stage: string;
  /** Where the old table goes for a moment. */
  readonly old: string;
}

/** Chooses names and takes their lock. */
export async function claimNames(
  session: Session,
  table: string,
): Promise<StagingNames> {
  const random = crypto.randomUUID().replaceAll("-", "").slice(0, 12);
  await session.run(`DO GET_LOCK(${quoteText(PREFIX + random)}, 0)`);
  const tail = shorten(table);
  return {
    stage: `${PREFIX}${random}_new_${tail}`,
    old: `${PREFIX}${random}_old_${tail}`,
  };
}

/** A name's end, since it is the end in which long names differ. */
function shorten(table: string): string {
  return [...table].slice(-MAX_NAME).join("");
}

/** Removes what killed runs left of this table. A right that is missing leaves it to others. */
export async function sweep(
  session: Session,
  schema: string,
  table: string,
  context: StepContext,
): Promise<void> {
  const { rows } = await session.run(
    "SELECT table_name FROM information_schema.tables " +
      `WHERE table_schema = ${quoteText(schema)} AND table_name LIKE ${
        quoteText("\\_osiris\\_%")
      } AND table_type <> 'VIEW'`,
    "look for leftovers",
  );
  const tail = shorten(table);
  for (const [name] of rows) {
    const parts = /^_osiris_([0-9a-f]{12})_(new|old)_(.*)$/s.exec(name!);
    if (parts === null || parts[3] !== tail) continue;
    const lock = quoteText(PREFIX + parts[1]);
    if (await session.value(`SELECT GET_LOCK(${lock}, 0)`) !== "1") continue;
    try {
      await session.run(
        `DROP TABLE IF EXISTS ${quoteTable(name!, schema)}`,
        "remove leftovers",
      );
      context.emit("swept", { table: name! });
    } catch (error) {
      if (!session.isUsable) throw error;
      context.log("warn", `A table of a killed run stays: ${name}`);
    } finally {
      if (session.isUsable) await session.run(`DO RELEASE_LOCK(${lock})`);
    }
  }
}
