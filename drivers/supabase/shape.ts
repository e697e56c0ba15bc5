/**
 * The shape of a row as it comes: which members it has, in which order, and
 * which column each is. Members of an embedded row lie below a branch.
 *
 * @module
 */
import type { Carriage } from "./pg_type.ts";

/** A value that goes to a column. */
export interface Leaf {
  readonly kind: "leaf";
  /** The column's number. */
  readonly column: number;
  readonly carriage: Carriage;
}

/** An embedded row, or the row itself. */
export interface Branch {
  readonly kind: "branch";
  readonly members: readonly Member[];
  /** Position in `members` by name: for rows in another order. */
  readonly positions: ReadonlyMap<string, number>;
  /** Columns of all leaves below it. */
  readonly columns: readonly number[];
}

/** What a member of a row may be. */
export type ShapeNode = Leaf | Branch;

/** A named member of a row. */
export interface Member {
  readonly name: string;
  /** The name with quotes and colon, as it stands in the JSON. */
  readonly key: Uint8Array;
  readonly node: ShapeNode;
}

const encoder = new TextEncoder();

/** A branch of members in the order in which they come. */
export function branch(
  members: readonly { readonly name: string; readonly node: ShapeNode }[],
): Branch {
  return {
    kind: "branch",
    members: members.map(({ name, node }) => ({
      name,
      key: encoder.encode(`${JSON.stringify(name)}:`),
      node,
    })),
    positions: new Map(members.map(({ name }, index) => [name, index])),
    columns: members.flatMap(({ node }) =>
      node.kind === "leaf" ? [node.column] : node.columns
    ),
  };
}

/** A value of column `column`. */
export function leaf(column: number, carriage: Carriage): Leaf {
  return { kind: "leaf", column, carriage };
}
