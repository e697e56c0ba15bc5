// A place in a query parameter's text, with the little that PostgREST's grammars need to move on.
import { parseRefusal } from "./refusal.ts";

/** Reads one parameter from left to right; `fail` answers with PGRST100 and the column. */
export class Cursor {
  position = 0;

  /** @param what How an error names the text, as in "select parameter". */
  constructor(readonly text: string, readonly what: string) {}

  get isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** True if the text goes on with `token`. */
  sees(token: string): boolean {
    return this.text.startsWith(token, this.position);
  }

  /** Steps over `token` if it is there. */
  take(token: string): boolean {
    if (!this.sees(token)) return false;
    this.position += token.length;
    return true;
  }

  /** Steps over what a sticky pattern (`/…/y`) matches here and returns the match. */
  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text);
    if (found) this.position += found[0].length;
    return found;
  }

  /** Takes the rest of the text. */
  rest(): string {
    const rest = this.text.slice(this.position);
    this.position = this.text.length;
    return rest;
  }

  expect(token: string): void {
    if (!this.take(token)) this.fail(`"${token}"`);
  }

  expectEnd(): void {
    if (!this.isAtEnd) this.fail("end of input");
  }

  fail(expecting: string): never {
    const seen = this.isAtEnd
      ? "end of input"
      : `"${this.text[this.position]}"`;
    throw parseRefusal(
      this.what,
      this.text,
      this.position + 1,
      `unexpected ${seen} expecting ${expecting}`,
    );
  }

  /** Items separated by `,`. */
  list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.take(",")) items.push(item());
    return items;
  }
}

/** A `"quoted value"` with backslash escapes (docs, "URL Grammar" › Reserved characters), or null. */
export function quotedValue(cursor: Cursor): string | null {
  const found = cursor.match(/"((?:[^"\\]|\\[\s\S])*)"/y);
  return found ? found[1].replaceAll(/\\([\s\S])/g, "$1") : null;
}
