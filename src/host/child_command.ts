/**
 * The `deno run` of a step's own process: its needs as flags, nothing asked,
 * nothing fetched, no variable of ours.
 *
 * @module
 */
import { devNull } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { OsirisError } from "../error.ts";
import { isGranted } from "../permission.ts";
import type { Boot } from "../pipe/boot.ts";

/** The program of the process. */
const PROGRAM = new URL("./process.ts", import.meta.url);

/** Variables by which Deno finds what it has cached, and dates their zone. */
const KEPT = [
  "DENO_DIR",
  "HOME",
  "XDG_CACHE_HOME",
  "USERPROFILE",
  "LOCALAPPDATA",
  "SYSTEMROOT",
  "NPM_CONFIG_REGISTRY",
  "JSR_URL",
  "TZ",
  "TMPDIR",
  "TMP",
];

/** Whether this process may start others of its kind. */
export function canStartProcesses(): boolean {
  if (Deno.build.standalone) return false; // there is no `deno run` in a compiled program
  const { state } = Deno.permissions.querySync({
    name: "run",
    command: Deno.execPath(),
  });
  return state === "granted";
}

/** Refuses what can't be started. @throws {OsirisError} `permission/missing` */
export function requireProcesses(step: string): void {
  if (canStartProcesses()) return;
  throw new OsirisError(
    "permission/missing",
    `Cannot start process of "${step}": this run may not start Deno`,
    {
      hint: Deno.build.standalone
        ? "Run it by an installed Deno, or with --isolation worker"
        : `Add --allow-run=${Deno.execPath()}, or take --isolation worker`,
    },
  );
}

/** Arguments of `deno` for a step. */
export function childArguments(start: Boot): string[] {
  const { permissions, sources, partials, boot, memoryMb } = start;
  const { net, read, write, import: imports = [] } = permissions;
  return [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-lock",
    "--cached-only",
    "--unstable-worker-options",
    ...allow("net", net),
    ...allow("read", [
      ...[...read, ...sources, ...partials],
      ...ownCode(new URL(boot)),
    ]),
    ...allow("write", [...write, ...partials]),
    ...allow("import", imports),
    ...(memoryMb === null
      ? []
      : [`--v8-flags=--max-old-space-size=${Math.ceil(memoryMb)}`]),
    PROGRAM.href,
    JSON.stringify(start),
  ];
}

function allow(kind: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const escaped = items.map((item) => item.replaceAll(",", ",,"));
  return [`--allow-${kind}=${escaped.join(",")}`];
}

/** Our own modules, which the thread beside the driver's loads for it. */
function ownCode(boot: URL): string[] {
  const urls = [boot, new URL("../", import.meta.url)];
  const names = ["driver.ts", "arquero.ts", "drivers/arquero"];
  urls.push(...names.map((name) => new URL(`../../${name}`, import.meta.url)));
  return urls.filter(({ protocol }) => protocol === "file:").map((url) =>
    url === boot ? dirname(fileURLToPath(url)) : fileURLToPath(url)
  );
}

/**
 * The variables of a step's process: those that Deno itself needs. What this
 * process may not read is asked of a Deno that may.
 */
export async function childEnvironment(): Promise<Record<string, string>> {
  const isOpen = KEPT.every((name) => isGranted("env", name));
  const found = isOpen ? readAll() : await askAll();
  return { ...found, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
}

function readAll(): Record<string, string> {
  return Object.fromEntries(
    KEPT.map((name) => [name, Deno.env.get(name)] as const)
      .filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

async function askAll(): Promise<Record<string, string>> {
  const script = `console.log(JSON.stringify(Object.fromEntries(${
    JSON.stringify(KEPT)
  }.flatMap((n) => Deno.env.has(n) ? [[n, Deno.env.get(n)]] : []))))`;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", "--no-config", script],
    env: { DENO_AUDIT_PERMISSIONS: devNull }, // it would empty the file of this process
    stdin: "null",
    stderr: "null",
  }).output();
  return success ? JSON.parse(new TextDecoder().decode(stdout)) : {};
}
