/** A key that is easy to find wherever it goes: forms of it, a gate that takes it, and an ear at every sandbox. */
import type { Project } from "../kit/postgrest/project.ts";

/** A key with every character that an encoding would change. */
export const CANARY = 'sb_secret_"Kan/arien+vogel\\"&=%7E?:~end';

/** The ways in which a text may stand in bytes: as it is, for URLs, in JSON, in base64 at each of three places, in hex. */
export function formsOf(secret: string): Map<string, string> {
  const forms = new Map([
    ["plain", secret],
    ["url", encodeURIComponent(secret)],
    ["query", new URLSearchParams({ q: secret }).toString().slice(2)],
    ["json", JSON.stringify(secret).slice(1, -1)],
    ["json twice", JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ["hex", new TextEncoder().encode(secret).toHex()],
  ]);
  for (const before of [0, 1, 2]) {
    const text = btoa("x".repeat(before) + secret + "x");
    // Only what depends on the secret alone.
    const core = text.slice(before === 0 ? 0 : 4, -4);
    forms.set(`base64 at ${before}`, core);
    forms.set(
      `base64url at ${before}`,
      core.replaceAll("+", "-").replaceAll("/", "_"),
    );
  }
  return forms;
}

/** Names of the forms in which a secret stands in a text. */
export function found(text: string, secret: string): string[] {
  return [...formsOf(secret)].filter(([, form]) => text.includes(form))
    .map(([name]) => name);
}

/** What a gate has seen. */
export interface Gate extends AsyncDisposable {
  readonly url: string;
  /** Requests that came with the canary. */
  readonly admitted: number;
}

/**
 * Starts a gate before a project that knows the canary as a key. Without the
 * canary it answers 401 and says in its body what it was given.
 *
 * @param isIndiscreet Whether it refuses all, and quotes the key.
 */
export function startGate(at: Project, isIndiscreet = false): Gate {
  let admitted = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const key = request.headers.get("apikey");
      if (key !== CANARY || isIndiscreet) {
        const message = `key ${JSON.stringify(key)} (${
          encodeURIComponent(key!)
        }) is wrong`;
        return Response.json({ message, hint: btoa(key!) }, { status: 401 });
      }
      admitted++;
      const headers = new Headers(request.headers);
      headers.set("apikey", at.serviceKey);
      headers.set("authorization", `Bearer ${at.serviceKey}`);
      const { pathname, search } = new URL(request.url);
      const { method } = request;
      const body = method === "GET" || method === "HEAD"
        ? null
        : await request.bytes();
      return await fetch(`${at.url}${pathname}${search}`, {
        ...{ method, headers, body },
      });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    get admitted(): number {
      return admitted;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Hears all that is posted to sandboxes and over ports of this thread, and all that the console says. */
export class Ear implements Disposable {
  readonly #heard: string[] = [];
  readonly #undo: (() => void)[] = [];
  /** Messages heard. */
  count = 0;

  constructor() {
    const hear = (message: unknown): void => {
      this.count++;
      this.#heard.push(textOf(message));
    };
    for (const { prototype } of [Worker, MessagePort]) {
      this.#listen(prototype, "postMessage", hear);
    }
    for (const method of ["log", "warn", "error", "info", "debug"] as const) {
      this.#listen(console, method, hear);
    }
    const RealWorker = Worker;
    globalThis.Worker = class extends RealWorker {
      constructor(url: string | URL, options?: WorkerOptions) {
        hear([url, options]);
        super(url, options);
      }
    };
    this.#undo.push(() => globalThis.Worker = RealWorker);
  }

  /** All that was heard. */
  get text(): string {
    return this.#heard.join("\n");
  }

  [Symbol.dispose](): void {
    for (const undo of this.#undo.reverse()) undo();
  }

  #listen<T extends object>(
    on: T,
    name: keyof T,
    hear: (value: unknown) => void,
  ): void {
    const real = on[name] as (...args: unknown[]) => unknown;
    on[name] = function (this: unknown, ...args: unknown[]) {
      hear(args);
      return real.apply(this, args);
    } as T[keyof T];
    this.#undo.push(() => on[name] = real as T[keyof T]);
  }
}

/** Every text and every byte in a message. */
function textOf(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  if (seen.has(value)) return "";
  seen.add(value);
  if (ArrayBuffer.isView(value)) {
    return latin1(
      new Uint8Array(value.buffer, value.byteOffset, value.byteLength),
    );
  }
  if (value instanceof ArrayBuffer) return latin1(new Uint8Array(value));
  if (value instanceof Error) {
    return `${value.message} ${value.stack} ${textOf({ ...value }, seen)}`;
  }
  const parts = value instanceof Map
    ? [...value.keys(), ...value.values()]
    : value instanceof Set
    ? [...value]
    : [...Object.keys(value), ...Object.values(value)];
  return parts.map((part) => textOf(part, seen)).join(" ");
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

/** All files below a folder, as one text. */
export async function folderText(path: string): Promise<string> {
  const texts = [path];
  for await (const entry of Deno.readDir(path)) {
    const inner = `${path}/${entry.name}`;
    texts.push(
      entry.isDirectory
        ? await folderText(inner)
        : latin1(await Deno.readFile(inner)),
    );
  }
  return texts.join("\n");
}

/** An error with its causes, its stack and all that hangs on it. */
export function errorText(thrown: unknown): string {
  return Deno.inspect(thrown, { depth: 20, strAbbreviateSize: 1e6 }) +
    textOf(thrown);
}
