/**
 * Lets packages ask for environment variables in a sandbox that has none: what
 * may not be read counts as unset, where Deno would throw and, on a terminal,
 * ask.
 *
 * @module
 */
import process from "node:process";

if (
  Deno.permissions.querySync({ name: "env", variable: "USER" }).state !==
    "granted"
) {
  const read = (name: string | symbol): string | undefined => {
    if (typeof name !== "string") return undefined;
    const { state } = Deno.permissions.querySync({
      name: "env",
      variable: name,
    });
    return state === "granted" ? Deno.env.get(name) : undefined;
  };
  // Not around process.env itself: a proxy's target is asked behind its back.
  process.env = new Proxy<Record<string, string | undefined>>({}, {
    get: (own, name) => Reflect.get(own, name) ?? read(name),
    has: (own, name) => Reflect.has(own, name) || read(name) !== undefined,
  });
}
