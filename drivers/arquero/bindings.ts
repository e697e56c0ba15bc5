/**
 * The names of an expression's parameters: `d` and `$`, or those that a
 * function gives them.
 *
 * @module
 */

/** A node of the syntax tree. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

// deno-lint-ignore no-explicit-any
type Any = any;

/** A column of one of the tables. */
export interface ColumnName {
  readonly table: number;
  readonly column: string;
}

/** Which names stand for tables, columns and parameters. */
export class Bindings {
  readonly #tuples = new Map<string, number>();
  readonly #columns = new Map<string, ColumnName>();
  readonly #paramNames = new Map<string, string>();
  #params = "";

  /**
   * @param tables How many tables there are, one or two.
   * @param refuse Makes the error for a part that can't be.
   */
  constructor(
    readonly tables: number,
    readonly refuse: (node: Node, what: string) => Error,
  ) {}

  /** The names without a function: `d` and `$`, or `d1`, `d2` and `$` in a join. */
  bindDefaults(): void {
    const names = this.tables === 1 ? ["d"] : ["d1", "d2"];
    names.forEach((name, table) => this.#tuples.set(name, table));
    this.#params = "$";
  }

  /** The names that a function gives to its parameters. */
  bind(params: readonly Node[]): void {
    params.forEach((param: Any, index) => {
      const isTable = index < this.tables;
      if (param.type === "Identifier") {
        if (isTable) this.#tuples.set(param.name, index);
        else this.#params = param.name;
      } else if (param.type === "ObjectPattern") {
        for (const property of param.properties) {
          this.#bindProperty(property, isTable ? index : -1);
        }
      } else throw this.refuse(param, "this parameter");
    });
  }

  #bindProperty(property: Any, table: number): void {
    const { key, value, computed } = property;
    if (
      property.type !== "Property" || computed || value.type !== "Identifier"
    ) {
      throw this.refuse(property, "this pattern");
    }
    const column = key.type === "Identifier" ? key.name : String(key.value);
    if (table < 0) this.#paramNames.set(value.name, column);
    else this.#columns.set(value.name, { table, column });
  }

  /** `d.x`, `d["x"]`, or a name from `({ x }) => …`. */
  columnOf(node: Node): ColumnName | null {
    const { type, name, object } = node as Any;
    if (type === "Identifier") {
      return this.#columns.get(name) ?? null;
    }
    if (type !== "MemberExpression" || object.type !== "Identifier") {
      return null;
    }
    const table = this.#tuples.get(object.name);
    if (table === undefined) return null;
    const column = propertyName(node);
    if (column === null) throw this.refuse(node, "a computed column name");
    return { table, column };
  }

  /** The parameter that a bare name stands for; undefined when it is none. */
  paramOf(name: string): string | undefined {
    return this.#paramNames.get(name);
  }

  /** Whether a name stands for the parameters as a whole. */
  isParams(name: string): boolean {
    return name === this.#params;
  }
}

/** The name after the point, or the literal in brackets; null when it is computed. */
export function propertyName(node: Any): string | null {
  if (!node.computed) return node.property.name;
  const { type, value } = node.property;
  return type === "Literal" &&
      (typeof value === "string" || typeof value === "number")
    ? String(value)
    : null;
}
