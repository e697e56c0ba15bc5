/**
 * Lays out the package as it is published, in a folder of its own:
 * `deno run --allow-read --allow-write tests/kit/stage.ts FOLDER`, then
 * `deno publish` there.
 *
 * Why not from the checkout: while `links` in deno.json points to folders
 * within the package, `deno publish` counts their modules as the package's own
 * and demands to publish them. What is staged has no `links`, and so depends
 * on the real `@std`.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type JsrPackage, readPackage } from "./jsr_package.ts";

/** Writes a package's files into an empty or new folder, deno.json without `links`. */
export async function stagePackage(
  { files }: JsrPackage,
  folder: string,
): Promise<void> {
  for (const [path, content] of files) {
    const target = join(folder, path);
    await Deno.mkdir(join(target, ".."), { recursive: true });
    await Deno.writeFile(
      target,
      path === "/deno.json" ? withoutLinks(content) : content,
    );
  }
}

function withoutLinks(content: Uint8Array): Uint8Array {
  const { links: _, ...config } = JSON.parse(new TextDecoder().decode(content));
  return new TextEncoder().encode(JSON.stringify(config, null, 2) + "\n");
}

if (import.meta.main) {
  const checkout = fileURLToPath(new URL("../..", import.meta.url));
  await stagePackage(await readPackage(checkout), Deno.args[0]);
}
