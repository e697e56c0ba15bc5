// Confines itself as drivers of ours are, and uses Node's modules only then.
import { Garbage } from "../../src/channel/collect.ts";
import { confine } from "../../src/worker/confine.ts";

const post = postMessage.bind(globalThis);
confine({ say() {}, isForeign: false });
try {
  const { gunzipSync, gzipSync } = await import("node:zlib");
  const text = gunzipSync(gzipSync("late")).toString();
  const garbage = new Garbage(32 << 20);
  const before = Deno.memoryUsage().external;
  let most = 0;
  for (let i = 0; i < 500; i++) {
    garbage.add(new Uint8Array(1 << 20).byteLength);
    most = Math.max(most, Deno.memoryUsage().external - before);
  }
  post({ text, most });
} catch (thrown) {
  post({ text: String(thrown), most: 0 });
}
