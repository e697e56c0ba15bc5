/**
 * Whether a host is as it was before an attempt.
 *
 * @module
 */
import type { Bait } from "./drivers/kit/attempt.ts";

/** Makes a check that names what has changed since now. */
export function intactness(bait: Bait, canary: string): () => string[] {
  let before = look(bait, canary);
  return () => {
    const now = look(bait, canary);
    const changed = Object.keys(now).filter((name) =>
      now[name] !== before[name]
    );
    before = now; // each attempt answers for itself
    return changed;
  };
}

/** What an attempt would change that reaches the host. */
function look({ secret, proof }: Bait, canary: string) {
  const state: Record<string, unknown> = {
    secret: Deno.readTextFileSync(secret).includes(canary),
    mode: Deno.statSync(secret).mode,
    proof: exists(proof),
    cwd: Deno.cwd(),
    umask: Deno.umask(),
    variable: Deno.env.get("ESCAPE_SET") ?? Deno.env.get("ESCAPE_DOTENV"),
    exitCode: Deno.exitCode,
    flags: typeof (globalThis as { gc?: unknown }).gc,
  };
  for (const { name, prototype } of [Object, Array, Function, Promise, Map]) {
    state[name] = Reflect.ownKeys(prototype).length;
  }
  return state;
}

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== null;
  } catch {
    return false;
  }
}
