/**
 * Serves a folder over loopback HTTP, as a host of raw source files would: for
 * starts of the runtime from a URL.
 *
 * @module
 */
import { join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type LoopbackServer, serveLookup } from "./loopback_server.ts";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Serves the files of a folder, the checkout by default.
 *
 * Names that begin with a dot and what lies outside are not there.
 */
export function startFileServer(folder: string = CHECKOUT): LoopbackServer {
  const root = resolve(folder);
  return serveLookup(async (path) => {
    const file = join(root, path);
    const isInside = file.startsWith(root + sep);
    if (!isInside || path.includes("/.")) return undefined;
    try {
      return await Deno.readFile(file);
    } catch (error) {
      const isNoFile = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.IsADirectory;
      if (isNoFile) return undefined;
      throw error;
    }
  });
}
