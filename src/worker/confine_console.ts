/**
 * The console of drivers: lines go to the run's log, none to the terminal.
 *
 * @module
 */

/** Level by method. Methods that are not here do nothing. */
const LEVELS: Readonly<Record<string, string>> = {
  log: "info",
  info: "info",
  dir: "info",
  dirxml: "info",
  table: "info",
  group: "info",
  groupCollapsed: "info",
  debug: "debug",
  trace: "debug",
  warn: "warn",
  error: "error",
};

/** Replaces every method of the console. */
export function confineConsole(
  say: (level: string, line: string) => void,
): void {
  const { inspect } = Deno;
  const asText = (value: unknown): string => {
    if (typeof value === "string") return value;
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    return inspect(value, { depth: 2 });
  };
  const { assert: _, ...methods } = console as unknown as Record<
    string,
    unknown
  >;
  for (const name of Object.keys(methods)) {
    if (typeof methods[name] !== "function") continue;
    const level = LEVELS[name];
    replace(name, (...values) => {
      if (level) say(level, values.map(asText).join(" "));
    });
  }
  replace("assert", (claim, ...values) => {
    if (!claim) {
      say("error", ["Assertion failed", ...values.map(asText)].join(" "));
    }
  });
}

function replace(name: string, method: (...values: unknown[]) => void): void {
  Object.defineProperty(console, name, {
    value: method,
    writable: true,
    configurable: true,
    enumerable: true,
  });
}
