/**
 * Checks what would be published, without publishing it: lays the package out
 * as it is published and has `deno publish --dry-run` look at it, with the real
 * names of `@std` answered by a registry on loopback.
 *
 * @module
 */
import { startJsrRegistry, stdPackages } from "./kit/jsr_registry.ts";
import { readPackage } from "./kit/jsr_package.ts";
import { stagePackage } from "./kit/stage.ts";

const folder = await Deno.makeTempDir({ prefix: "osiris-publish-" });
await using registry = await startJsrRegistry(await stdPackages());
try {
  const checkout = new URL("..", import.meta.url).pathname;
  await stagePackage(await readPackage(checkout), folder);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: folder,
    env: { JSR_URL: registry.url },
    stdin: "null",
  }).spawn().status;
  Deno.exitCode = code;
} finally {
  await Deno.remove(folder, { recursive: true });
}
