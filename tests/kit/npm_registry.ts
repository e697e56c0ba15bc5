/**
 * A stand-in for the npm registry on loopback that holds one package.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type LoopbackServer, serveLookup } from "./loopback_server.ts";

/** A package as `npm publish` would send it. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** Contents by path, `package.json` among them. */
  readonly files: Readonly<Record<string, string>>;
}

/** Starts a registry; name it in `.npmrc`. */
export async function startNpmRegistry(
  { name, version, files }: NpmPackage,
): Promise<LoopbackServer> {
  const tarball = await gzip(tar(files));
  const integrity = `sha512-${
    createHash("sha512").update(tarball).digest("base64")
  }`;
  const server: LoopbackServer = serveLookup((path) => {
    if (path === "/package.tgz") return Promise.resolve(tarball);
    if (path !== `/${name}`) return Promise.resolve(undefined);
    const dist = { tarball: `${server.url}package.tgz`, integrity };
    return Promise.resolve(JSON.stringify({
      name,
      "dist-tags": { latest: version },
      versions: { [version]: { name, version, dist } },
    }));
  });
  return server;
}

/** A tar archive (ustar) of files under `package/`. */
function tar(files: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const blocks = Object.entries(files).flatMap(([path, text]) => {
    const content = new TextEncoder().encode(text);
    const padded = new Uint8Array(Math.ceil(content.length / 512) * 512);
    padded.set(content);
    return [header(`package/${path}`, content.length), padded];
  });
  const parts = [...blocks, new Uint8Array(1024)];
  const all = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function header(path: string, size: number): Uint8Array {
  const block = new Uint8Array(512);
  const put = (text: string, at: number): void =>
    block.set(new TextEncoder().encode(text), at);
  put(path, 0);
  put("0000644\0", 100); // mode
  put("0000000\0", 108); // owner
  put("0000000\0", 116); // group
  put(`${size.toString(8).padStart(11, "0")}\0`, 124);
  put("00000000000\0", 136); // time
  put("        ", 148); // counts as blanks in the checksum
  put("0", 156); // a file
  put("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

async function gzip(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(
    new CompressionStream("gzip"),
  );
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
