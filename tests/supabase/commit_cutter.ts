/** A way to PostgreSQL that breaks at the first COMMIT: before the server hears it, or before the client hears the answer. */
import net from "node:net";

/** A running relay. */
export interface Cutter extends AsyncDisposable {
  readonly port: number;
}

/** Starts a relay to a server. @param isHeard Whether the COMMIT gets through. */
export async function startCutter(
  target: { readonly host: string; readonly port: number },
  isHeard: boolean,
): Promise<Cutter> {
  let isCut = false;
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const upstream = net.connect(target.port, target.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        client.destroy();
        upstream.destroy();
      });
    }
    let isCutting = false;
    client.on("data", (chunk) => {
      if (!isCut && chunk.toString("latin1").includes("COMMIT\0")) {
        isCut = isCutting = true;
        if (!isHeard) return client.destroy();
      }
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      if (isCutting) client.destroy();
      else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
