/**
 * A manifest as it was read: plain data, its text, and the configs beside it.
 * Nothing in it is checked yet beyond being plain data.
 *
 * @module
 */
import { basename, extname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { OsirisError } from "../error.ts";
import { FaultList } from "../fault_list.ts";
import { canonicalJson, sha256Hex } from "./canonical.ts";
import { type CfgFile, readCfgFiles } from "./cfg_files.ts";
import { type ManifestForm, manifestForm } from "./form.ts";
import { copyPlainTree } from "./plain_tree.ts";
import { readText } from "./read_text.ts";
import { readYaml } from "./read_yaml.ts";

/** A manifest that was read and not checked. */
export interface ManifestDocument {
  readonly form: ManifestForm;
  /** The document as plain data. */
  readonly value: unknown;
  /** The text as read; canonical JSON when it was an object. */
  readonly text: string;
  /** Path or URL as given, for messages; null for an object. */
  readonly source: string | null;
  /** Absolute path or URL of what was read; null for an object. */
  readonly location: string | null;
  /** What the manifest is called when it doesn't say. */
  readonly stem: string;
  /** Configs of the compiled form by `cfg_path`. */
  readonly cfg: ReadonlyMap<string, CfgFile>;
  /** SHA-256 of the canonical JSON of it all: 64 hex digits. */
  readonly hash: string;
}

/**
 * Reads a manifest, and with the compiled form the configs it names.
 *
 * @param manifest A local path, a URL (also as text) or the manifest as an object.
 * @param cwd Relative paths count from here. Absolute.
 * @throws {OsirisError} `manifest/unreadable`, `manifest/invalid`, `permission/missing`
 */
export async function readManifest(
  manifest: string | URL | object,
  cwd: string,
): Promise<ManifestDocument> {
  const isReference = typeof manifest === "string" || manifest instanceof URL;
  const source = isReference ? String(manifest) : null;
  const location = isReference ? locate(manifest, cwd) : null;
  const subject = `read manifest${source === null ? "" : `: ${source}`}`;
  const written = location === null
    ? { value: manifest as unknown, text: null }
    : await readWritten(location, source!);
  const faults = new FaultList();
  const value = copyPlainTree(written.value, faults, subject);
  faults.throwIfAny("manifest/invalid", subject);
  const form = manifestForm(value);
  const root = location ?? pathToFileURL(`${cwd}/manifest`);
  const cfg = form === "compiled"
    ? await readCfgFiles(value, root, subject)
    : new Map();
  const canonical = canonicalJson({
    manifest: value,
    cfg: Object.fromEntries([...cfg].map(([path, file]) => [path, file.value])),
  });
  return {
    form,
    value,
    text: written.text ?? canonicalJson(value),
    source,
    location: location === null ? null : nameOf(location),
    stem: location === null ? "manifest" : stemOf(location),
    cfg,
    hash: await sha256Hex(canonical),
  };
}

/** The URL that a path or URL stands for. */
export function locate(reference: string | URL, cwd: string): URL {
  if (reference instanceof URL) return reference;
  if (/^(https?|file):\/\//i.test(reference)) {
    if (URL.canParse(reference)) return new URL(reference);
    throw new OsirisError(
      "manifest/unreadable",
      `Cannot read manifest: ${reference}: it is no URL`,
    );
  }
  return pathToFileURL(resolve(cwd, reference));
}

async function readWritten(
  location: URL,
  source: string,
): Promise<{ value: unknown; text: string }> {
  const text = await readText(location, {
    action: "read manifest",
    code: "manifest/unreadable",
    name: source,
  });
  if (text === undefined) {
    throw new OsirisError(
      "manifest/unreadable",
      `Cannot read manifest: ${source}: there is no such file`,
      {
        hint:
          "Check the name; a relative path counts from the working directory",
      },
    );
  }
  return {
    value: readYaml(text, `read manifest: ${source}`, "manifest/unreadable"),
    text,
  };
}

function nameOf(location: URL): string {
  return location.protocol === "file:"
    ? fileURLToPath(location)
    : location.href;
}

function stemOf(location: URL): string {
  const name = basename(decodeURIComponent(location.pathname));
  return name.slice(0, name.length - extname(name).length);
}
