/**
 * Writes the syntax tree of an expression as text for Arquero: the list of
 * what an expression may be made of. See `expression.ts` for why. It is one
 * class, longer than others, since the forms call each other.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { didYouMean } from "../../src/suggest.ts";
import { type LogicalType, types } from "../../src/table/type.ts";
import {
  Bindings,
  type ColumnName,
  type Node,
  propertyName,
} from "./bindings.ts";
import {
  CONSTANTS,
  INSTEAD,
  isFunction,
  MATH,
  OVER_ROWS,
  suggestFunction,
} from "./function_names.ts";
import { parseInstant } from "./functions.ts";
import { type Scope, unknownColumn } from "./scope.ts";
import {
  binaryType,
  callType,
  isInstant,
  isLiteralDecimal,
  type StaticType,
  unify,
} from "./static_type.ts";

/** Text for Arquero and the type of its value. */
export interface Printed {
  readonly code: string;
  readonly type: StaticType;
}

// deno-lint-ignore no-explicit-any
type Any = any;

const BINARY = new Set(
  "+ - * / % ** == != === !== < <= > >= & | ^ << >> >>>".split(" "),
);
const UNARY = new Set(["-", "+", "!", "~"]);
const PREFIX_LENGTH = 6;

/** Writes one expression; remembers which columns it reads. */
export class Printer {
  /** Columns read so far, by table. */
  readonly columns: Set<string>[];
  /** Whether it calls an operation over several rows: an aggregate or a window. */
  overRows = false;
  /** The names of its parameters. */
  readonly bindings: Bindings;

  constructor(
    readonly scope: Scope,
    readonly source: string,
    readonly path: string,
  ) {
    this.columns = scope.tables.map(() => new Set());
    this.bindings = new Bindings(
      scope.tables.length,
      (node, what) => this.refuse(node, what),
    );
  }

  /** The column of the first table that `node` is, and nothing else; null otherwise. */
  bareColumn(node: Node): string | null {
    const found = this.bindings.columnOf(node);
    return found !== null && found.table === 0 ? found.column : null;
  }

  print(node: Node): Printed {
    const print = this.#forms[node.type];
    if (print === undefined) throw this.refuse(node, describe(node));
    return print(node as Any);
  }

  /** An error that quotes the part of the expression at `node`. */
  refuse(node: Node, what: string, hint?: string): OsirisError {
    const part = this.source.slice(
      Math.max(0, node.start - PREFIX_LENGTH),
      node.end - PREFIX_LENGTH,
    );
    return new OsirisError(
      "data/expression",
      `Cannot use ${what} in an expression: ${this.path}: "${part}"`,
      {
        ...(hint !== undefined && { hint }),
        details: { path: this.path, expression: this.source },
      },
    );
  }

  readonly #forms: Readonly<Record<string, (node: Any) => Printed>> = {
    Literal: (node) => this.#literal(node),
    TemplateLiteral: (node) => this.#template(node),
    Identifier: (node) => this.#identifier(node),
    MemberExpression: (node) => this.#member(node),
    ChainExpression: (node) => this.print(node.expression),
    CallExpression: (node) => this.#call(node),
    UnaryExpression: (node) => this.#unary(node),
    BinaryExpression: (node) => this.#binary(node),
    LogicalExpression: (node) => {
      const [a, b] = [this.print(node.left), this.print(node.right)];
      return {
        code: `(${a.code} ${node.operator} ${b.code})`,
        type: this.#either(a.type, b.type),
      };
    },
    ConditionalExpression: (node) => {
      const test = this.print(node.test);
      const [a, b] = [this.print(node.consequent), this.print(node.alternate)];
      return {
        code: `(${test.code} ? ${a.code} : ${b.code})`,
        type: this.#either(a.type, b.type),
      };
    },
    ArrayExpression: (node) => ({
      code: `[${this.#list(node.elements, node).map(({ code }) => code)}]`,
      type: null,
    }),
    ObjectExpression: (node) => this.#object(node),
  };

  #either(a: StaticType, b: StaticType): StaticType {
    const plain = (type: StaticType): StaticType =>
      isLiteralDecimal(type) ? types.float64 : type;
    return unify(plain(a), plain(b));
  }

  #literal(node: Any): Printed {
    const { value, raw } = node;
    if (node.regex !== undefined) return { code: raw, type: null };
    if (value === null) return { code: "null", type: types.null };
    if (typeof value === "string") {
      return { code: JSON.stringify(value), type: types.utf8 };
    }
    if (typeof value === "boolean") return { code: raw, type: types.bool };
    return { code: raw, type: numberType(value, raw) };
  }

  #template(node: Any): Printed {
    const parts = node.quasis.flatMap((quasi: Any, i: number) => [
      ...(i > 0 ? [this.print(node.expressions[i - 1]).code] : []),
      JSON.stringify(quasi.value.cooked),
    ]);
    return { code: `op.osiris_text(${parts})`, type: types.utf8 };
  }

  #identifier(node: Any): Printed {
    const column = this.bindings.columnOf(node);
    if (column !== null) return this.#column(column);
    const { name } = node;
    const param = this.bindings.paramOf(name) ??
      (this.scope.params.has(name) ? name : undefined);
    if (param !== undefined) return this.#param(node, param);
    if (Object.hasOwn(CONSTANTS, name)) {
      return { code: name, type: CONSTANTS[name] };
    }
    const [table] = this.scope.tables;
    throw this.refuse(
      node,
      `the name "${name}"`,
      table.names.includes(name)
        ? `Write the column as d[${JSON.stringify(name)}]`
        : `Columns are written as d.name, parameters as $.name, functions as op.name(…)`,
    );
  }

  #column({ table, column }: ColumnName): Printed {
    const { names } = this.scope.tables[table];
    if (!names.includes(column)) {
      throw unknownColumn(column, names, this.path, this.source);
    }
    this.columns[table].add(column);
    const tuple = this.scope.tables.length === 1 ? "d" : `d${table + 1}`;
    return {
      code: `${tuple}[${JSON.stringify(column)}]`,
      type: this.scope.tables[table].typeOf(column),
    };
  }

  #param(node: Node, name: string): Printed {
    if (!this.scope.params.has(name)) {
      const hint = didYouMean(name, this.scope.params);
      throw this.refuse(
        node,
        `the parameter "${name}"`,
        hint ?? `Give the step an input "${name}" with a literal value`,
      );
    }
    return { code: `$[${JSON.stringify(name)}]`, type: null };
  }

  #member(node: Any): Printed {
    const column = this.bindings.columnOf(node);
    if (column !== null) return this.#column(column);
    const { object, property, computed } = node;
    const name = propertyName(node);
    if (object.type === "Identifier" && name !== null) {
      if (this.bindings.isParams(object.name)) return this.#param(node, name);
      if (object.name === "Math" && Object.hasOwn(CONSTANTS, name)) {
        return { code: name, type: types.float64 };
      }
    }
    if (name !== null && name in Object.prototype) {
      throw this.refuse(node, `the property "${name}"`);
    }
    const key = computed ? this.print(property).code : JSON.stringify(name);
    return {
      code: `op.osiris_get(${this.print(object).code},${key})`,
      type: null,
    };
  }

  #call(node: Any): Printed {
    const name = this.#functionName(node);
    const args = this.#list(node.arguments, node);
    const ours = INSTEAD[name] ?? name;
    if (OVER_ROWS.has(name)) this.overRows = true;
    return {
      code: `op.${ours}(${args.map(({ code }) => code)})`,
      type: callType(
        ours,
        args.map(({ type }) => this.#either(type, types.null)),
      ),
    };
  }

  #functionName({ callee }: Any): string {
    const isMember = callee.type === "MemberExpression" && !callee.computed &&
      callee.object.type === "Identifier";
    const name: string | undefined = callee.type === "Identifier"
      ? callee.name
      : isMember && callee.object.name === "op"
      ? callee.property.name
      : isMember && callee.object.name === "Math"
      ? MATH[callee.property.name] ?? callee.property.name
      : undefined;
    if (name !== undefined && isFunction(name)) return name;
    const method = name ?? callee.property?.name;
    throw this.refuse(
      callee,
      method === undefined ? "this call" : `the function "${method}"`,
      typeof method === "string"
        ? suggestFunction(method)
        : "Functions are written as op.name(…)",
    );
  }

  #list(nodes: readonly (Node | null)[], parent: Node): Printed[] {
    return nodes.map((node: Any) => {
      if (node === null) throw this.refuse(parent, "a list with gaps");
      if (node.type !== "SpreadElement") return this.print(node);
      return { code: `...${this.print(node.argument).code}`, type: null };
    });
  }

  #object(node: Any): Printed {
    const entries = node.properties.map((property: Any) => {
      const { key, value, computed, kind, method } = property;
      if (
        property.type !== "Property" || computed || method || kind !== "init"
      ) {
        throw this.refuse(property, "this property");
      }
      const name = key.type === "Identifier" ? key.name : String(key.value);
      if (name === "__proto__") throw this.refuse(property, "__proto__");
      return `${JSON.stringify(name)}:${this.print(value).code}`;
    });
    return { code: `({${entries}})`, type: null };
  }

  #unary(node: Any): Printed {
    const { code, type } = this.print(node.argument);
    if (!UNARY.has(node.operator)) {
      throw this.refuse(node, `"${node.operator}"`);
    }
    const result = node.operator === "!"
      ? types.bool
      : node.operator === "~"
      ? types.int64
      : node.operator === "-"
      ? isInstant(type) ? types.float64 : type
      : type?.kind === "int" || type?.kind === "decimal"
      ? type
      : types.float64;
    return { code: `(${node.operator}${code})`, type: result };
  }

  #binary(node: Any): Printed {
    const { operator } = node;
    if (!BINARY.has(operator)) throw this.refuse(node, `"${operator}"`);
    const [a, b] = [this.print(node.left), this.print(node.right)];
    if (/^[=!]/.test(operator)) return this.#equality(node, a, b);
    const type = this.#arithmetic(operator, a.type, b.type);
    if (operator === "+" && type?.kind === "utf8") {
      return { code: `op.osiris_text(${a.code},${b.code})`, type };
    }
    const [left, right] = /^[<>]=?$/.test(operator)
      ? [this.#beside(node.left, a, b), this.#beside(node.right, b, a)]
      : [a.code, b.code];
    return { code: `(${left} ${operator} ${right})`, type };
  }

  /** A literal fraction counts as decimal beside a decimal, as a float otherwise. */
  #arithmetic(operator: string, a: StaticType, b: StaticType): StaticType {
    const isDecimal = (type: StaticType): boolean =>
      type?.kind === "decimal" && !isLiteralDecimal(type);
    if (isDecimal(a) || isDecimal(b)) return binaryType(operator, a, b);
    return binaryType(
      operator,
      this.#either(a, types.null),
      this.#either(b, types.null),
    );
  }

  /** Text beside a date means that date: in JavaScript alone the two never compare. */
  #beside(node: Node, own: Printed, other: Printed): string {
    const { type, value } = node as Node & { value?: unknown };
    if (
      !isInstant(other.type) || type !== "Literal" || typeof value !== "string"
    ) {
      return own.code;
    }
    const instant = parseInstant(value);
    if (instant === null) {
      throw this.refuse(
        node,
        "this text as a date",
        'Write it as "2024-01-31" or "2024-01-31T12:00:00Z"',
      );
    }
    return String(instant.valueOf());
  }

  /** NULL is NULL however it came about, and dates are equal when their instants are. */
  #equality(node: Any, a: Printed, b: Printed): Printed {
    const isNegated = node.operator.startsWith("!");
    const isNull = ({ type }: Printed): boolean => type?.kind === "null";
    if (isNull(a) || isNull(b)) {
      return {
        code: `(${a.code} ${isNegated ? "!=" : "=="} ${b.code})`,
        type: types.bool,
      };
    }
    const [left, right] = [
      this.#beside(node.left, a, b),
      this.#beside(node.right, b, a),
    ];
    const hasInstant = isInstant(a.type) || isInstant(b.type);
    const code = !hasInstant && (isPlain(a.type) || isPlain(b.type))
      ? `(${left} ${node.operator} ${right})`
      : `(${isNegated ? "!" : ""}op.osiris_equal(${left},${right}))`;
    return { code, type: types.bool };
  }
}

/** Whether JavaScript's own equality does for values of the type. */
function isPlain(type: StaticType): boolean {
  return ["bool", "float", "utf8", "json"].includes(type?.kind ?? "") ||
    type?.kind === "int" || isLiteralDecimal(type);
}

function describe({ type }: Node): string {
  return type.replace(/Expression$|Element$|Literal$/, "").replace(
    /([a-z])([A-Z])/g,
    "$1 $2",
  ).toLowerCase();
}

function numberType(value: unknown, raw: string): StaticType {
  if (typeof value === "bigint") return types.int64;
  if (Number.isSafeInteger(value) && !/[.e]/i.test(raw)) return types.int64;
  const fraction = /^\d*\.(\d+)$/.exec(raw);
  return fraction === null ? types.float64 : {
    kind: "decimal",
    precision: 0,
    scale: fraction[1].length,
  } as LogicalType;
}
