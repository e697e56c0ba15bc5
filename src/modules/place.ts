/**
 * What the `driver:` of a step stands for: a name of the registry, or a module
 * of the user's.
 *
 * @module
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { quoted } from "../describe.ts";
import { OsirisError } from "../error.ts";

/** Where a module is, before anything of it is read. */
export type ModulePlace =
  | {
    readonly kind: "file" | "remote";
    readonly url: URL;
    /** The hash that was asked for: 64 hex digits. */
    readonly pin: string | null;
  }
  | { readonly kind: "npm" | "jsr"; readonly specifier: string };

/** Whether a package is named with its exact version. */
export function isExactPackage(specifier: string): boolean {
  return EXACT_PACKAGE.test(specifier);
}

/** Where relative references count from. */
export interface PlaceBase {
  /** Folder or file that relative references are beside. */
  readonly base: URL;
  /** Whether npm and jsr packages without an exact version are taken. */
  readonly allowUnpinned: boolean;
}

const EXACT_PACKAGE =
  /^(npm|jsr):\/?(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+[\w.+-]*(\/[\w./-]+)?$/;
const PIN = /^sha256=([0-9a-f]{64})$/i;

/** Whether a `driver:` is a module rather than a name: it begins as a path or URL does. */
export function isModuleReference(driver: string): boolean {
  return /^(\.{0,2}\/|(file|https?|npm|jsr):)/i.test(driver);
}

/**
 * Reads a module reference.
 *
 * @throws {OsirisError} `driver/invalid` when it can't be one; `driver/unpinned`
 * for a package without its exact version
 */
export function modulePlace(
  reference: string,
  options: PlaceBase,
): ModulePlace {
  const scheme = reference.match(/^(npm|jsr):/i)?.[1].toLowerCase();
  if (scheme !== undefined) return packagePlace(reference, scheme, options);
  const hash = reference.indexOf("#");
  const address = hash < 0 ? reference : reference.slice(0, hash);
  const pin = hash < 0 ? null : readPin(reference.slice(hash + 1), reference);
  const url = addressOf(address, options.base, reference);
  const kind = url.protocol === "file:" ? "file" : "remote";
  if (kind === "file" && options.base.protocol !== "file:") {
    throw invalid(
      reference,
      "a manifest from elsewhere can't name files of this machine",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid(
      withoutUser(url).href,
      "it holds a user or password",
      "Keep the module where it can be read without",
    );
  }
  return { kind, url, pin };
}

/** The URL of a folder, as a base for {@linkcode modulePlace}. */
export function folderUrl(path: string): URL {
  return pathToFileURL(`${resolve(path)}/`);
}

function addressOf(address: string, base: URL, reference: string): URL {
  const isAbsolutePath = address.startsWith("/") && base.protocol === "file:";
  if (isAbsolutePath) return pathToFileURL(address);
  // A path may hold characters that mean something in a URL.
  const text = /^\.{1,2}\//.test(address)
    ? address.split("/").map(encodeURIComponent).join("/")
    : address;
  if (!URL.canParse(text, base)) throw invalid(reference, "it is no URL");
  return new URL(text, base);
}

function packagePlace(
  reference: string,
  kind: string,
  { allowUnpinned }: PlaceBase,
): ModulePlace {
  const specifier = kind + reference.slice(kind.length);
  if (isExactPackage(specifier)) {
    return { kind: kind as "npm" | "jsr", specifier };
  }
  if (
    !/^(npm|jsr):\/?(@[\w.-]+\/)?[\w.-]+(@[\w.^~<>=*+-]+)?(\/[\w./-]+)?$/.test(
      specifier,
    )
  ) {
    throw invalid(
      reference,
      `it is no ${kind} specifier`,
      `Write it as "${kind}:name@1.2.3"`,
    );
  }
  if (allowUnpinned) return { kind: kind as "npm" | "jsr", specifier };
  throw new OsirisError(
    "driver/unpinned",
    `Cannot use driver ${quoted(reference)}: it names no exact version`,
    {
      hint:
        `Write the version out ("${kind}:name@1.2.3"), or allow it with --allow-unpinned`,
    },
  );
}

function readPin(fragment: string, reference: string): string {
  const pin = fragment.match(PIN)?.[1];
  if (pin !== undefined) return pin.toLowerCase();
  throw invalid(
    reference,
    `"#${fragment.slice(0, 20)}" is no hash`,
    "Write #sha256= and 64 hex digits",
  );
}

function withoutUser(url: URL): URL {
  const bare = new URL(url);
  bare.username = bare.password = "";
  return bare;
}

function invalid(reference: string, state: string, hint?: string): OsirisError {
  return new OsirisError(
    "driver/invalid",
    `Cannot use driver ${quoted(reference)}: ${state}`,
    hint === undefined ? {} : { hint },
  );
}
