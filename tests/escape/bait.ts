/**
 * What there is to get: a secret file beside a folder that may be granted, a
 * variable, and a server that notes who calls.
 *
 * @module
 */
import { join } from "node:path";
import type { Bait } from "./drivers/kit/attempt.ts";

/** The variable that holds the canary. */
export const VARIABLE = "OSIRIS_TEST_ESCAPE";

/** Puts the bait into a folder. */
export function layBait(folder: string, canary: string, port: number): Bait {
  const secret = join(folder, "secret.json");
  const granted = join(folder, "granted");
  const text = JSON.stringify({ canary });
  for (const path of [granted, `${granted}-beside`]) {
    Deno.mkdirSync(path, { recursive: true });
  }
  Deno.writeTextFileSync(secret, text);
  Deno.writeTextFileSync(join(`${granted}-beside`, "secret.json"), text);
  Deno.symlinkSync(secret, join(granted, "link"));
  return {
    secret,
    folder: granted,
    proof: join(folder, "proof"),
    host: "127.0.0.1",
    port,
    variable: VARIABLE,
    mark: [...canary].reverse().join(""),
  };
}

/** A server that any caller of which has escaped; who asks on the other port is told how many there were. */
export interface Trap extends AsyncDisposable {
  readonly port: number;
  readonly countPort: number;
}

/** Opens a {@linkcode Trap} on loopback. */
export function openTrap(): Trap {
  let calls = 0;
  const hostname = "127.0.0.1";
  const trap = Deno.listen({ hostname, port: 0 });
  const answer = new TextEncoder().encode(
    "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nwas here",
  );
  const serving = (async () => {
    for await (const caller of trap) {
      calls++;
      await caller.read(new Uint8Array(1024)).catch(() => null);
      await caller.write(answer).catch(() => 0);
      caller.close();
    }
  })();
  const counting = Deno.serve(
    { hostname, port: 0, onListen() {} },
    () => new Response(String(calls)),
  );
  return {
    port: trap.addr.port,
    countPort: counting.addr.port,
    async [Symbol.asyncDispose]() {
      trap.close();
      await serving;
      await counting.shutdown();
    },
  };
}
