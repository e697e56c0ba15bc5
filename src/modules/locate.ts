/**
 * From a reference to code that may be loaded, its hash checked.
 *
 * @module
 */
import { quoted } from "../describe.ts";
import type { DriverOrigin } from "../driver/registry.ts";
import { OsirisError } from "../error.ts";
import { readLocalModule } from "./local_module.ts";
import { modulePlace } from "./place.ts";
import { fetchModule } from "./remote_module.ts";

/** A driver's code that is a module of the user's. */
export type ModuleOrigin = Extract<DriverOrigin, { kind: "module" }>;

/**
 * Finds a module, reads or fetches its code and holds it to its pin.
 *
 * @param base What relative references count from.
 * @throws {OsirisError} `driver/…`, `file/…`, `permission/missing`
 */
export async function locateModule(
  reference: string,
  base: URL,
  allowUnpinned: boolean,
): Promise<ModuleOrigin> {
  const place = modulePlace(reference, { base, allowUnpinned });
  let source = reference.replace(/#.*$/, "");
  if ("specifier" in place) {
    const imports = place.kind === "jsr" ? [jsrHost()] : [];
    return { kind: "module", url: place.specifier, source, files: [], imports };
  }
  const { usesJsr, ...module } = place.kind === "remote"
    ? await fetchModule(place.url, {
      pin: place.pin,
      allowUnpinned,
      shown: source,
    })
    : await readLocalModule(place.url, source);
  if (place.pin !== null && place.pin !== module.sha256) {
    throw wrongHash(source, place.pin, module.sha256);
  }
  const imports = usesJsr ? [jsrHost()] : [];
  if (place.kind === "remote") source = place.url.href;
  return { kind: "module", source, files: [], ...module, imports };
}

function wrongHash(source: string, pin: string, found: string): OsirisError {
  return new OsirisError(
    "driver/hash-mismatch",
    `Cannot use driver ${
      quoted(source)
    }: its hash is ${found}, not the one it is pinned to`,
    {
      hint: "Find out what has changed before you pin it anew",
      details: { expected: pin, found },
    },
  );
}

/** The registry that this runtime came from, else the public one. */
function jsrHost(): string {
  const { protocol, hostname, port, pathname } = new URL(import.meta.url);
  const isRegistry = protocol !== "file:" &&
    /^\/@[^/]+\/[^/]+\/\d+\.\d+\.\d+/.test(pathname);
  if (!isRegistry) return "jsr.io:443";
  return `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
}
