/**
 * Reads a response's body into one piece of memory.
 *
 * @module
 */

/**
 * The whole body. Unlike `arrayBuffer()` it tells of every piece, so that a
 * slow answer is told from one that stands still.
 *
 * @param heard Called for each piece.
 */
export async function readWhole(
  response: Response,
  heard: () => void,
): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null) return new Uint8Array(0);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    heard();
    chunks.push(chunk);
    length += chunk.length;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
