/**
 * `osiris init driver`.
 *
 * @module
 */
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { quoted } from "../describe.ts";
import { OsirisError } from "../error.ts";
import { fileError } from "../host/file_error.ts";
import type { CommandAction } from "./command.ts";
import { driverText, testText } from "./driver_template.ts";
import { usageError } from "./options.ts";

/** Writes a driver that works, and its test that passes. */
export const action: CommandAction = ({ args, terminal, name: command }) => {
  const [name] = args.positionals;
  if (!/^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$/.test(name)) {
    throw usageError(
      `${quoted(name)} is no name of a driver`,
      "Write it as family.role, such as weather.extractor",
      command,
    );
  }
  const stem = name.replaceAll(/[.-]/g, "_");
  const facts = {
    name,
    file: `${stem}.ts`,
    api: moduleOf("driver"),
    testing: moduleOf("testing"),
  };
  const files = {
    [facts.file]: driverText(facts),
    [`${stem}_test.ts`]: testText(facts),
  };
  for (const file of Object.keys(files)) refuseExisting(file);
  for (const [file, text] of Object.entries(files)) write(file, text);
  terminal.out(
    `${Object.keys(files).join("\n")}\n\n` +
      `Use it in a step:   driver: ./${facts.file}\n` +
      `Test it:            deno test --allow-read --allow-write --no-prompt --unstable-worker-options ${stem}_test.ts\n`,
  );
  return Promise.resolve(0);
};

/**
 * What the user's file imports: a path within a checkout, the package and its
 * version from a registry, else the URL that this runtime came from.
 */
export function moduleOf(
  name: "driver" | "testing",
  base: string = import.meta.url,
  cwd: string = Deno.cwd(),
): string {
  const url = new URL(`../../${name}.ts`, base);
  if (url.protocol === "file:") {
    const path = relative(resolve(cwd), fileURLToPath(url)).replaceAll(
      "\\",
      "/",
    );
    return path.startsWith(".") ? path : `./${path}`;
  }
  const published = url.pathname.match(
    /^\/(@[^/]+\/[^/]+)\/(\d+\.\d+\.\d+[^/]*)\//,
  );
  return published === null
    ? url.href
    : `jsr:${published[1]}@${published[2]}/${name}`;
}

function refuseExisting(file: string): void {
  try {
    Deno.lstatSync(file);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return;
    throw fileError(thrown, "write", file);
  }
  throw new OsirisError(
    "usage/invalid",
    `Cannot write file ${quoted(file)}: it is there already`,
    { hint: "Choose another name, or remove it" },
  );
}

function write(file: string, text: string): void {
  try {
    Deno.writeTextFileSync(file, text, { createNew: true });
  } catch (thrown) {
    throw fileError(thrown, "write", file);
  }
}
