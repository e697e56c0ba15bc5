/**
 * Finds a loopback TCP port that nobody listens on.
 *
 * @module
 */

/**
 * Returns a port that was free a moment ago. Somebody may take it before its
 * user does, so whoever starts a server on it has to be ready to try another.
 */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
