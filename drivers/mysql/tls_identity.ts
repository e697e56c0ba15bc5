/**
 * Checks that a server's certificate names the address to which a connection
 * leads. mysql2 does so for names of hosts alone; for an address it takes any
 * certificate that somebody trusted vouches for.
 *
 * @module
 */
import { isIP } from "node:net";
import { checkServerIdentity, type TLSSocket } from "node:tls";
import type { RawConnection } from "./raw.ts";

/**
 * Has `raw` check the certificate before it sends who logs in and with what.
 *
 * @param host Where it leads; names are left to mysql2.
 */
export function verifyAddress(raw: RawConnection, host: string): void {
  if (isIP(host) === 0) return;
  const startTls = raw.startTLS.bind(raw);
  raw.startTLS = (onSecure) =>
    startTls((error) => {
      const socket = raw.stream as TLSSocket;
      onSecure(
        error ?? checkServerIdentity(host, socket.getPeerCertificate(true)),
      );
    });
}
