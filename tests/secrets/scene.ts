/**
 * A working directory full of secrets, the command line in it, and a search for
 * them in all that it leaves and says.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandResult, deno } from "../kit/command.ts";
import { treeOf } from "../kit/run/run.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A secret whose every form differs from the others. */
export function newSecret(): string {
  return `Zq"w/ö+ &%=${crypto.randomUUID().slice(0, 8)}'\\`;
}

/** Where a secret was found. */
export interface Finding {
  readonly where: string;
  readonly secret: string;
  readonly form: string;
}

/** A scene. */
export interface Scene extends AsyncDisposable {
  readonly folder: TempDir;
  /** Runs `osiris …args`; what it says is searched later. */
  osiris(...args: string[]): Promise<CommandResult>;
  /** All places where one of the secrets stands, in any form. */
  find(): Finding[];
}

/** Opens a scene. @param given Files that hold secrets because they must. */
export async function openScene(
  secrets: readonly string[],
  given: Readonly<Record<string, string>>,
  env: Record<string, string> = {},
): Promise<Scene> {
  const folder = await tempDir("secrets-");
  for (const [name, text] of Object.entries(given)) {
    await folder.write(name, text);
  }
  const said = new Map<string, string>();
  return {
    folder,
    async osiris(...args) {
      const ended = await deno([
        "run",
        "-A",
        "--no-prompt",
        "--no-check",
        "--no-lock",
        join(ROOT, "cli.ts"),
        ...args,
      ], { cwd: folder.path, env, timeoutMs: 60_000 });
      const name = `${said.size} ${args[0]}`;
      said.set(`${name}: stdout`, ended.stdout);
      said.set(`${name}: stderr`, ended.stderr);
      return ended;
    },
    find() {
      const texts = new Map(said);
      for (const path of treeOf(folder.path)) {
        if (path in given) continue;
        texts.set(path, Deno.readTextFileSync(folder.file(path)));
      }
      return [...texts].flatMap(([where, text]) =>
        findIn(text, secrets).map((found) => ({ where, ...found }))
      );
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function findIn(
  text: string,
  secrets: readonly string[],
): { secret: string; form: string }[] {
  const lower = text.toLowerCase();
  return secrets.flatMap((secret) =>
    formsOf(secret).filter((form) => lower.includes(form.toLowerCase()))
      .map((form) => ({ secret, form }))
  );
}

/** Parts that tell a secret, by which it is found even where its ends are cut or joined to others. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret);
  const base64 = [0, 1, 2].map((before) =>
    Buffer.from("_".repeat(before) + secret).toString("base64").slice(4, -4)
  );
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    url,
    url.replaceAll("%20", "+"),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
    Buffer.from(secret).toString("hex"),
    secret.slice(11, 19), // its random part: what remains of forms that nobody thought of
  ];
}
