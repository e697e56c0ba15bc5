/**
 * Finds a text where a writer has escaped some of its characters, whichever.
 *
 * @module
 */

/** What a text says under a way of escaping, and where each of its units came from. */
interface Unescaped {
  readonly text: string;
  /** Per UTF-16 unit of the text its place in what was read, and one for the end. */
  readonly places: Uint32Array;
}

interface Escaping {
  /** What each escape holds; without it there is nothing to do. */
  readonly sign: string;
  readonly pattern: RegExp;
  /** What an escape stands for; null if for nothing. */
  readonly read: (escape: string) => string | null;
}

const HTML_NAMES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

const CODE_LETTERS: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  0: "\0",
};

/** A character of a URL: as many bytes as its first one says. */
const URL_CHARACTER =
  /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}/gi;

const ESCAPINGS: readonly Escaping[] = [
  { sign: "%", pattern: URL_CHARACTER, read: readUrl },
  {
    sign: "+",
    pattern: new RegExp(`\\+|${URL_CHARACTER.source}`, "gi"),
    read: (escape) => escape === "+" ? " " : readUrl(escape),
  },
  {
    sign: "%25",
    pattern: new RegExp(URL_CHARACTER.source.replaceAll("%", "%25"), "gi"),
    read: (escape) => readUrl(escape.replaceAll("%25", "%")),
  },
  {
    sign: "\\",
    pattern:
      /\\(?:u[\da-f]{4}|u\{0{0,8}[\da-f]{1,6}\}|x[\da-f]{2}|[^ux\d]|0(?!\d))/gi,
    read: readCode,
  },
  {
    sign: "&",
    pattern: /&(?:amp|lt|gt|quot|apos|#0{0,8}\d{1,7}|#x0{0,8}[\da-f]{1,6});/gi,
    read: readHtml,
  },
];

/**
 * Puts the mask where `secrets` finds something once a text's escapes are
 * read: those of URLs (once or twice), of code such as JSON, and of HTML. Takes
 * time by the length of the text alone, however long what is looked for.
 */
export function maskEscaped(
  text: string,
  secrets: RegExp,
  mask: string,
): string {
  let masked = text;
  for (const escaping of ESCAPINGS) {
    if (!masked.includes(escaping.sign)) continue;
    const { text: read, places } = unescape(masked, escaping);
    let out = "";
    let end = 0;
    for (const { index, 0: found } of read.matchAll(secrets)) {
      out += masked.slice(end, places[index]) + mask;
      end = places[index + found.length];
    }
    masked = out + masked.slice(end);
  }
  return masked;
}

function unescape(text: string, { pattern, read }: Escaping): Unescaped {
  const places = new Uint32Array(text.length + 1);
  const parts: string[] = [];
  let length = 0;
  let end = 0;
  const copyTo = (to: number): void => {
    parts.push(text.slice(end, to));
    while (end < to) places[length++] = end++;
  };
  for (const { index, 0: escape } of text.matchAll(pattern)) {
    const meaning = read(escape);
    if (meaning === null) continue;
    copyTo(index);
    parts.push(meaning);
    // All units of what it stands for lie at its beginning.
    for (let unit = 0; unit < meaning.length; unit++) places[length++] = index;
    end = index + escape.length;
  }
  copyTo(text.length);
  places[length] = text.length;
  return { text: parts.join(""), places };
}

function readUrl(escape: string): string | null {
  try {
    return decodeURIComponent(escape);
  } catch {
    return null;
  }
}

function readCode(escape: string): string | null {
  const [, kind] = escape;
  if (kind in CODE_LETTERS) return CODE_LETTERS[kind];
  const digits = escape.slice(2).replace(/[{}]/g, "");
  return digits === "" ? kind : character(Number.parseInt(digits, 16));
}

function readHtml(escape: string): string | null {
  const name = escape.slice(1, -1).toLowerCase();
  if (!name.startsWith("#")) return HTML_NAMES[name];
  return character(
    name[1] === "x" ? Number.parseInt(name.slice(2), 16) : +name.slice(1),
  );
}

function character(code: number): string | null {
  return code <= 0x10ffff ? String.fromCodePoint(code) : null;
}
