/**
 * Where a step may connect to, as Deno's `net` permission takes it.
 *
 * @module
 */

const PORTS: Readonly<Record<string, number>> = {
  "http:": 80,
  "https:": 443,
  "ws:": 80,
  "wss:": 443,
  "mysql:": 3306,
  "mariadb:": 3306,
  "postgres:": 5432,
  "postgresql:": 5432,
};

/**
 * The `net` item of an expanded template: `host:port`, or a URL that stands
 * for its host and port.
 *
 * @returns Undefined when it is neither.
 */
export function netItem(text: string): string | undefined {
  if (text.startsWith("unix:/")) return text;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return urlItem(text);
  return /^(\[[0-9a-f:.]+\]|[^\s/@:[\]]+)(:\d{1,5})?$/i.test(text)
    ? text
    : undefined;
}

/** A host within a template: an IPv6 address gets its brackets. */
export function netValue(value: string): string {
  return /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(value)
    ? `[${value}]`
    : value;
}

function urlItem(text: string): string | undefined {
  // The URL parser drops a scheme's default port and knows few schemes' hosts.
  const special = text.replace(/^[a-z][a-z0-9+.-]*:/i, "http:");
  if (!URL.canParse(special)) return undefined;
  const { hostname } = new URL(special);
  const scheme = text.slice(0, text.indexOf(":") + 1).toLowerCase();
  const port =
    text.match(/^[^/]*\/\/(?:[^/@]*@)?(?:\[[^\]]*\]|[^/:?#]*):(\d+)/)?.[1] ??
      PORTS[scheme];
  return port === undefined ? hostname : `${hostname}:${port}`;
}
