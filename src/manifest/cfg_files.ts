/**
 * Reads the config files that a compiled manifest names, from where the
 * original looks for them.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { childPath, quoted } from "../describe.ts";
import { OsirisError } from "../error.ts";
import { FaultList } from "../fault_list.ts";
import { isGranted } from "../permission.ts";
import { copyPlainTree } from "./plain_tree.ts";
import { readText } from "./read_text.ts";

/** A config file as read. */
export interface CfgFile {
  readonly value: unknown;
  readonly text: string;
  /** Absolute path or URL. */
  readonly location: string;
}

/** So many steps may name a config; more is no manifest. */
const MAX_FILES = 1000;

/**
 * Reads every file that a `cfg_path` of `manifest` names.
 *
 * A `cfg_path` that leaves the manifest's folder is refused: what a manifest
 * from elsewhere names must not reach into the rest of the disk.
 *
 * @param root URL of the manifest.
 * @returns Files by `cfg_path`; a path that is no text is left to the shape check.
 * @throws {OsirisError} `manifest/invalid` with all missing and malformed files
 */
export async function readCfgFiles(
  manifest: unknown,
  root: URL,
  subject: string,
): Promise<Map<string, CfgFile>> {
  const files = new Map<string, CfgFile>();
  const faults = new FaultList();
  const { steps } = manifest as Record<string, unknown>;
  for (const [index, step] of (Array.isArray(steps) ? steps : []).entries()) {
    const cfgPath = (step as Record<string, unknown> | null)?.cfg_path;
    if (typeof cfgPath !== "string" || files.has(cfgPath)) continue;
    if (files.size >= MAX_FILES) break;
    const path = childPath(childPath("steps", index), "cfg_path");
    if (leavesFolder(cfgPath)) {
      faults.add(
        "manifest/invalid",
        path,
        `${quoted(cfgPath)} is not below the manifest's folder`,
      );
      continue;
    }
    const found = await findFile(cfgPath, root);
    if (found === undefined) {
      faults.add(
        "manifest/invalid",
        path,
        `there is no file ${quoted(cfgPath)} beside the manifest`,
      );
    } else {
      const value = parseJson(found.text, path, faults);
      files.set(cfgPath, {
        ...found,
        value: copyPlainTree(value, faults, `${subject}: ${cfgPath}`),
      });
    }
  }
  faults.throwIfAny("manifest/invalid", subject);
  return files;
}

function leavesFolder(path: string): boolean {
  return /^([/\\]|[A-Za-z][A-Za-z0-9+.-]*:)/.test(path) ||
    path.split(/[/\\]/).includes("..");
}

/**
 * The first place where a config is, in the order in which the original looks.
 * Where this process may read only some of them, the others are passed over.
 */
async function findFile(
  cfgPath: string,
  root: URL,
): Promise<Omit<CfgFile, "value"> | undefined> {
  const name = cfgPath.split("/").at(-1)!;
  const all = [
    ...new Set([cfgPath, `compiled/${cfgPath}`, name, `cfg/${name}`]),
  ]
    .map((place) =>
      new URL(place.split("/").map(encodeURIComponent).join("/"), root)
    );
  const readable = all.filter((url) =>
    url.protocol !== "file:" || isGranted("read", fileURLToPath(url))
  );
  for (const url of readable.length > 0 ? readable : all) {
    const text = await readText(url, {
      action: "read config of a step",
      code: "manifest/unreadable",
    });
    if (text !== undefined) {
      const location = url.protocol === "file:" ? fileURLToPath(url) : url.href;
      return { text, location };
    }
  }
  return undefined;
}

function parseJson(text: string, path: string, faults: FaultList): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw new OsirisError("internal/bug", "Cannot read JSON", {
        cause: error,
      });
    }
    // V8's message quotes the text around the fault, which may hold a secret.
    const where = error.message.match(/position \d+( \(line \d+ column \d+\))?/)
      ?.[0];
    faults.add(
      "manifest/invalid",
      path,
      `the file is no JSON${where ? ` (${where})` : ""}`,
    );
    return {};
  }
}
