/**
 * A place to start the runtime from as a user would who has no checkout: a
 * folder with an empty deno.json, and a module cache of its own.
 *
 * Why a cache of its own: Deno keeps what it fetched by URL, and a loopback
 * port may come again with other files behind it. Only npm's part is shared,
 * so that nothing is downloaded twice.
 *
 * @module
 */
import { join } from "node:path";
import { type CommandOptions, type CommandResult, deno } from "./command.ts";
import type { LoopbackServer } from "./loopback_server.ts";
import { tempDir } from "./temp.ts";

/** A user's folder; `await using` removes it. */
export interface Entry extends AsyncDisposable {
  /** Where commands run; not under the checkout's deno.json. */
  readonly cwd: string;
  /** Variables that lead Deno to the registry and the cache. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file into the folder and returns its absolute path. */
  write(name: string, content: string): Promise<string>;
  /** Runs `deno` there, with empty stdin. */
  run(
    args: readonly string[],
    options?: CommandOptions,
  ): Promise<CommandResult>;
}

/** Nobody listens there. */
const NOWHERE = "http://127.0.0.1:1/";

/**
 * Makes a folder to start from.
 *
 * @param registry Where `jsr:` leads to; nowhere by default.
 */
export async function openEntry(registry?: LoopbackServer): Promise<Entry> {
  await using made = new AsyncDisposableStack();
  const dir = made.use(await tempDir("entry-"));
  const cwd = dir.file("work");
  const cache = dir.file("cache");
  await dir.write("work/deno.json", "{}");
  await Deno.mkdir(cache);
  await shareNpm(cache);
  const env = {
    JSR_URL: registry?.url ?? NOWHERE,
    DENO_DIR: cache,
    DENO_NO_UPDATE_CHECK: "1",
  };
  const held = made.move();
  return {
    cwd,
    env,
    write: (name, content) => dir.write(`work/${name}`, content),
    run: (args, options = {}) =>
      deno(args, {
        cwd,
        timeoutMs: 60_000,
        ...options,
        env: { ...env, ...options.env },
      }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** Makes npm packages that are in Deno's own cache available in another. */
async function shareNpm(cache: string): Promise<void> {
  const info = await deno(["info", "--json"], { cwd: cache });
  const npm = join(JSON.parse(info.stdout).denoDir, "npm");
  // A link needs unscoped permissions, which `deno eval` has and tests need not.
  const link = await deno([
    "eval",
    `Deno.mkdirSync(${JSON.stringify(npm)}, { recursive: true });` +
    `Deno.symlinkSync(${JSON.stringify(npm)}, ${
      JSON.stringify(join(cache, "npm"))
    });`,
  ]);
  if (link.code !== 0) throw new Error(link.stderr);
}
