/**
 * One hash for the files of a module.
 *
 * @module
 */

/** SHA-256 of bytes: 64 hex digits. */
export async function sha256Bytes(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/**
 * The hash of a single file is that of its bytes, as `sha256sum` prints it;
 * that of several is the hash of the list `sha256sum` would print for them,
 * in the order of their names.
 *
 * @param files Bytes by name, relative to the entry's folder.
 */
export async function hashFiles(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Promise<string> {
  const names = [...files.keys()].sort();
  if (names.length === 1) return await sha256Bytes(files.get(names[0])!);
  const lines = await Promise.all(
    names.map(async (name) =>
      `${await sha256Bytes(files.get(name)!)}  ${name}\n`
    ),
  );
  return await sha256Bytes(new TextEncoder().encode(lines.join("")));
}
