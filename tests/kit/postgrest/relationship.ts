// Finds what joins two tables for embedding (docs, "Resource Embedding" › Relationships, Foreign Key Joins).
import { Refusal } from "./refusal.ts";
import {
  findTable,
  type ForeignKey,
  type SchemaCache,
  type Table,
} from "./schema_cache.ts";
import type { SelectEmbed } from "./parse_select.ts";

/** A way from one table to another. Column pairs are (near side, far side). */
export interface Relationship {
  target: Table;
  cardinality: "many-to-one" | "one-to-one" | "one-to-many" | "many-to-many";
  /** Foreign key's name, or the junction's. */
  name: string;
  /** Columns joined directly, or on the way to the junction. */
  near: [string, string][];
  /** The junction and the columns from it to the target. */
  junction?: { table: Table; far: [string, string][] };
  /** What a hint may say to choose this one (› Foreign Key Joins on Multiple Foreign Key Relationships). */
  hints: string[];
}

const pairs = (left: string[], right: string[]): [string, string][] =>
  left.map((name, i) => [name, right[i]]);

function single(columns: string[]): string[] {
  return columns.length === 1 ? columns : [];
}

/** Joins over one foreign key, in either direction. */
function direct(
  cache: SchemaCache,
  parent: Table,
): (Relationship & { names: string[] })[] {
  const found: (Relationship & { names: string[] })[] = [];
  for (const key of cache.foreignKeys) {
    if (
      key.schema === parent.schema && key.table === parent.name &&
      key.targetSchema === parent.schema
    ) {
      found.push({
        target: findTable(cache, key.targetSchema, key.target)!,
        cardinality: key.isUnique ? "one-to-one" : "many-to-one",
        name: key.name,
        near: pairs(key.columns, key.targetColumns),
        hints: [key.name, ...single(key.columns), ...single(key.targetColumns)],
        names: [key.target, key.name, ...single(key.columns)],
      });
    }
    if (
      key.targetSchema === parent.schema && key.target === parent.name &&
      key.schema === parent.schema
    ) {
      found.push({
        target: findTable(cache, key.schema, key.table)!,
        cardinality: key.isUnique ? "one-to-one" : "one-to-many",
        name: key.name,
        near: pairs(key.targetColumns, key.columns),
        hints: [key.name, ...single(key.columns), ...single(key.targetColumns)],
        names: [key.table, key.name],
      });
    }
  }
  return found.filter((relationship) => relationship.target);
}

/** Joins over a table whose primary key holds both foreign keys (› Many-to-many relationships). */
function overJunctions(
  cache: SchemaCache,
  parent: Table,
): (Relationship & { names: string[] })[] {
  const found: (Relationship & { names: string[] })[] = [];
  const isFrom = (key: ForeignKey) =>
    key.targetSchema === parent.schema && key.target === parent.name;
  for (const first of cache.foreignKeys.filter(isFrom)) {
    const junction = findTable(cache, first.schema, first.table);
    if (!junction || junction.schema !== parent.schema) continue;
    for (const second of cache.foreignKeys) {
      const isSameTable = second.schema === first.schema &&
        second.table === first.table;
      const isKeyed = [...first.columns, ...second.columns].every((name) =>
        junction.primaryKey.includes(name)
      );
      const target = findTable(cache, second.targetSchema, second.target);
      if (
        second === first || !isSameTable || !isKeyed ||
        target?.schema !== parent.schema
      ) continue;
      found.push({
        target,
        cardinality: "many-to-many",
        name: junction.name,
        near: pairs(first.targetColumns, first.columns),
        junction: {
          table: junction,
          far: pairs(second.columns, second.targetColumns),
        },
        hints: [junction.name, first.name, second.name],
        names: [target.name],
      });
    }
  }
  return found;
}

/**
 * The relationship an embed means.
 *
 * @throws {Refusal} PGRST200 if there is none, PGRST201 (status 300) if there are several.
 */
export function findRelationship(
  cache: SchemaCache,
  parent: Table,
  embed: SelectEmbed,
): Relationship {
  const found = [...direct(cache, parent), ...overJunctions(cache, parent)]
    .filter((relationship) => relationship.names.includes(embed.target))
    .filter((relationship) =>
      embed.hint === undefined || relationship.hints.includes(embed.hint)
    );
  if (found.length === 1) return found[0];
  if (found.length === 0) throw noneBetween(parent, embed);
  throw severalBetween(parent, embed, found);
}

function noneBetween(parent: Table, embed: SelectEmbed): Refusal {
  const hint = embed.hint === undefined
    ? ""
    : ` using the hint '${embed.hint}'`;
  return new Refusal(
    400,
    "PGRST200",
    `Could not find a relationship between '${parent.name}' and '${embed.target}' in the schema cache`,
    {
      details:
        `Searched for a foreign key relationship between '${parent.name}' and '${embed.target}'` +
        `${hint} in the schema '${parent.schema}', but no matches were found.`,
    },
  );
}

function severalBetween(
  parent: Table,
  embed: SelectEmbed,
  found: Relationship[],
): Refusal {
  const details = found.map((relationship) => ({
    cardinality: relationship.cardinality,
    embedding: `${parent.name} with ${relationship.target.name}`,
    relationship: `${relationship.name} using ${parent.name}(${
      relationship.near.map(([near]) => near).join(", ")
    }) and ${relationship.target.name}(${
      relationship.near.map(([, far]) => far).join(", ")
    })`,
  }));
  const ways = found.map((relationship) =>
    `'${relationship.target.name}!${relationship.name}'`
  ).join(", ");
  return new Refusal(
    300,
    "PGRST201",
    `Could not embed because more than one relationship was found for '${parent.name}' and '${embed.target}'`,
    {
      details,
      hint:
        `Try changing '${embed.target}' to one of the following: ${ways}. ` +
        "Find the desired relationship in the 'details' key.",
    },
  );
}
