/**
 * What stands for a standard stream of a driver. It is there, since libraries
 * look at it as they load and write warnings to it; it leads to the run's log.
 *
 * @module
 */

/** A stream that ends at once when it is read, and passes on what is written. */
export function quietStream(say: (line: string) => void): object {
  const stream = {
    isTTY: false,
    readable: false,
    writable: true,
    write(chunk: unknown, ...more: unknown[]): boolean {
      say(textOf(chunk));
      const done = more.at(-1);
      if (typeof done === "function") queueMicrotask(() => done());
      return true;
    },
    end: (): void => {},
    read: (): null => null,
    setRawMode: () => stream,
    async *[Symbol.asyncIterator](): AsyncGenerator<never> {},
  };
  for (const name of LISTENING) {
    const listen = (event: unknown, act: unknown): object => {
      if (event === "end" && typeof act === "function") {
        queueMicrotask(() => act());
      }
      return stream;
    };
    Object.defineProperty(stream, name, { value: listen });
  }
  return stream;
}

/** Methods that say who would hear of it: of nothing but the end. */
const LISTENING = [
  "on",
  "once",
  "off",
  "addListener",
  "removeListener",
  "removeAllListeners",
  "setEncoding",
  "pause",
  "resume",
  "ref",
  "unref",
];

function textOf(chunk: unknown): string {
  const text = chunk instanceof Uint8Array
    ? new TextDecoder().decode(chunk)
    : String(chunk);
  return text.replace(/\n$/, "");
}
