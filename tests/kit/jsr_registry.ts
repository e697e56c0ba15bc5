/**
 * A stand-in for the JSR registry on loopback: point `JSR_URL` at it, and
 * `jsr:` specifiers resolve to the packages it was given.
 *
 * It answers what Deno asks: the versions of a package, the manifest of a
 * version with a checksum for each file, and the files.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import { type JsrPackage, readPackage } from "./jsr_package.ts";
import { type LoopbackServer, serveLookup } from "./loopback_server.ts";

/** The checkout, and the packages in it that stand in for those of `@std`. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const STD = ["cli", "csv", "yaml"];

/** Starts a registry that holds these packages, one version each. */
export function startJsrRegistry(
  packages: readonly JsrPackage[],
): LoopbackServer {
  const answers = new Map<string, Uint8Array<ArrayBuffer> | string>();
  for (const each of packages) {
    for (const [path, body] of answersFor(each)) answers.set(path, body);
  }
  return serveLookup((path) => Promise.resolve(answers.get(path)));
}

/** The three packages of `@std` that the source names, as their stand-ins. */
export function stdPackages(): Promise<JsrPackage[]> {
  return Promise.all(STD.map((name) => readPackage(`${ROOT}/links/${name}`)));
}

/** A registry that holds this checkout's own package, and `@std` as stand-ins. */
export async function startOwnRegistry(): Promise<LoopbackServer> {
  return startJsrRegistry([await readPackage(ROOT), ...await stdPackages()]);
}

function* answersFor(
  { name, version, exports, files }: JsrPackage,
): Generator<[string, Uint8Array<ArrayBuffer> | string]> {
  const [scope, short] = name.slice(1).split("/");
  const versions = { [version]: {} };
  yield [
    `/${name}/meta.json`,
    JSON.stringify({ scope, name: short, latest: version, versions }),
  ];
  const manifest = Object.fromEntries(
    [...files].map(([path, body]) => [path, {
      size: body.length,
      checksum: `sha256-${createHash("sha256").update(body).digest("hex")}`,
    }]),
  );
  yield [
    `/${name}/${version}_meta.json`,
    JSON.stringify({ manifest, exports }),
  ];
  for (const [path, body] of files) yield [`/${name}/${version}${path}`, body];
}
