/**
 * Finds the programs that the kit needs, and installs them where it may.
 *
 * @module
 */

import { join } from "node:path";
import { command } from "./command.ts";

/** The first of `folders`, then of `PATH`, that holds an executable `program`; its full path. */
export async function findProgram(
  program: string,
  folders: readonly string[] = [],
): Promise<string | undefined> {
  const path = Deno.env.get("PATH")?.split(":") ?? [];
  for (const folder of [...folders, ...path]) {
    const candidate = join(folder, program);
    const info = await Deno.stat(candidate).catch(() => undefined);
    if (info?.isFile && (info.mode ?? 0) & 0o111) return candidate;
  }
  return undefined;
}

/** Whether {@linkcode installDebian} can work here: root on a system with apt. */
export async function canInstallDebian(): Promise<boolean> {
  return Deno.build.os === "linux" && Deno.uid() === 0 &&
    await findProgram("apt-get") !== undefined;
}

const POLICY = "/usr/sbin/policy-rc.d";

// One installation at a time: apt refuses a second, and they share the policy file.
let installing: Promise<void> = Promise.resolve();

/**
 * Installs Debian packages without letting them start a service of their own:
 * 101 from `policy-rc.d` is Debian's word for "action forbidden by policy".
 */
export function installDebian(packages: readonly string[]): Promise<void> {
  const mine = installing.catch(() => {}).then(() => install(packages));
  installing = mine;
  return mine;
}

async function install(packages: readonly string[]): Promise<void> {
  const hasPolicy = await Deno.stat(POLICY).then(() => true, () => false);
  if (!hasPolicy) {
    await Deno.writeTextFile(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  }
  try {
    await apt(["update"]);
    await apt(["install", "-y", "--no-install-recommends", ...packages]);
  } finally {
    if (!hasPolicy) await Deno.remove(POLICY);
  }
}

async function apt(args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await command("apt-get", args, {
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
  if (code !== 0) {
    throw new Error(
      `Cannot run "apt-get ${
        args.join(" ")
      }": exit code ${code}:\n${stdout}${stderr}`,
    );
  }
}
