/**
 * The table that is written to: what is known of its columns and keys, from
 * the catalogue over the direct channel or from the API's description.
 *
 * @module
 */
import type { TableFacts } from "./description.ts";
import { parsePgType, type PgType } from "./pg_type.ts";

/** A column of the target. */
export interface TargetColumn {
  readonly name: string;
  readonly type: PgType;
  /** The type as the database names it. */
  readonly typeName: string;
  /** Whether parameters such as scale and length are known to be all there are. */
  readonly isExact: boolean;
  readonly isNullable: boolean;
  /** Characters at most; null when unlimited or unknown. */
  readonly maxLength: number | null;
  /** A value can't be given. */
  readonly isGenerated: boolean;
}

/** The table that is written to. */
export interface Target {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly TargetColumn[];
  /** The primary key's columns; empty without one. */
  readonly key: readonly string[];
  /** Unique keys, the primary one included; null when only that is known. */
  readonly uniqueKeys: readonly (readonly string[])[] | null;
}

/** The target as the API describes it: types without precision. */
export function describedTarget(schema: string, facts: TableFacts): Target {
  return {
    schema,
    table: facts.name,
    columns: facts.columns.map((column) => {
      const type = parsePgType(column.type);
      return {
        name: column.name,
        type,
        typeName: column.type,
        isExact: type.parameters.length > 0,
        isNullable: column.isNullable,
        maxLength: column.maxLength,
        isGenerated: false,
      };
    }),
    key: facts.key,
    uniqueKeys: null,
  };
}
