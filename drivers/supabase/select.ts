/**
 * Reads PostgREST's `select`, so that it is known what each value of the
 * answer is: `id,total::text,data->a->>b,customer:customers!inner(name)`.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";

/** A column, or something computed from one. */
export interface SelectedColumn {
  readonly kind: "column";
  /** Its name in the answer. */
  readonly name: string;
  /** The table's column, or "" for `count()`. */
  readonly column: string;
  /** The type it is cast to. */
  readonly cast: string | null;
  /** Whether a path into json follows, and whether that gives text. */
  readonly path: "none" | "json" | "text";
  readonly aggregate: string | null;
}

/** An embedded resource. */
export interface SelectedEmbed {
  readonly kind: "embed";
  readonly name: string;
  /** The table, or the foreign key's column or constraint. */
  readonly target: string;
  /** `...target(…)`: its columns come as the row's own. */
  readonly isSpread: boolean;
  readonly items: readonly Selected[];
}

/** `*`. */
export interface SelectedAll {
  readonly kind: "all";
}

/** One item of `select`. */
export type Selected = SelectedColumn | SelectedEmbed | SelectedAll;

/**
 * Reads a `select`.
 *
 * @throws {OsirisError} `config/invalid` with the place where it can't be read.
 */
export function parseSelect(text: string): Selected[] {
  const reader = new Reader(text);
  const items = reader.items();
  reader.expectEnd();
  return items;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  items(): Selected[] {
    const items: Selected[] = [];
    do items.push(this.#item()); while (this.#take(/\s*,\s*/y) !== undefined);
    return items;
  }

  expectEnd(): void {
    this.#take(/\s*/y);
    if (this.#at < this.#text.length) this.#fail();
  }

  #item(): Selected {
    this.#take(/\s*/y);
    if (this.#take(/\*/y) !== undefined) return { kind: "all" };
    const isSpread = this.#take(/\.\.\./y) !== undefined;
    let name = this.#name();
    let alias: string | null = null;
    if (this.#take(/:(?!:)/y) !== undefined) {
      alias = name;
      name = this.#name();
    }
    return this.#embed(name, alias, isSpread) ?? this.#column(name, alias);
  }

  /** `target!hint!inner(items)`; undefined when no bracket follows. */
  #embed(
    target: string,
    alias: string | null,
    isSpread: boolean,
  ): SelectedEmbed | undefined {
    const start = this.#at;
    while (this.#take(/!/y) !== undefined) this.#name();
    if (target === "count" && this.#take(/\(\)/y) !== undefined) {
      this.#at = start;
      return undefined;
    }
    if (this.#take(/\(/y) === undefined) {
      if (isSpread || this.#at > start) this.#fail();
      return undefined;
    }
    const isEmpty = this.#take(/\s*\)/y) !== undefined;
    const items = isEmpty ? [] : this.items();
    if (!isEmpty && this.#take(/\s*\)/y) === undefined) this.#fail();
    return { kind: "embed", name: alias ?? target, target, isSpread, items };
  }

  #column(column: string, alias: string | null): SelectedColumn {
    let path: SelectedColumn["path"] = "none";
    let last = column;
    let arrow: string | undefined;
    while ((arrow = this.#take(/->>?/y)) !== undefined) {
      path = arrow === "->>" ? "text" : "json";
      const step = this.#name();
      // An index into a list gives no name.
      if (!/^\d+$/.test(step)) last = step;
    }
    const cast = this.#take(/::([\p{L}\p{N}_$ ]+)/uy) ?? null;
    const count = this.#take(/\(\)/y) !== undefined && column === "count";
    const aggregate = count
      ? "count"
      : this.#take(/\.(count|sum|avg|min|max)\(\)/y)?.slice(1, -2) ?? null;
    const outerCast = aggregate === null
      ? null
      : this.#take(/::([\p{L}\p{N}_$ ]+)/uy) ?? null;
    return {
      kind: "column",
      name: alias ?? aggregate ?? last,
      column: count ? "" : column,
      cast: aggregate === null ? castName(cast) : castName(outerCast),
      path,
      aggregate,
    };
  }

  /** A name, in double quotes where it has to be. */
  #name(): string {
    const quoted = this.#take(/"(?:[^"\\]|\\.)*"/y);
    if (quoted !== undefined) {
      return quoted.slice(1, -1).replace(/\\(.)/g, "$1");
    }
    const bare = this.#take(/(?:[^\s,.:()!>"*-]|-(?!>)| (?=[^\s,:()!]))+/uy);
    return bare ?? this.#fail();
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #fail(): never {
    throw new OsirisError(
      "config/invalid",
      `Cannot read select: character ${this.#at + 1}: "${
        this.#text.slice(this.#at, this.#at + 20)
      }" can't stand here`,
      {
        hint:
          "Write columns with commas between, and tables as table(column, …)",
      },
    );
  }
}

function castName(text: string | null): string | null {
  return text === null ? null : text.replace(/^::/, "").trim();
}
