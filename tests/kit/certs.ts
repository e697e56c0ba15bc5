/**
 * Makes a certificate authority and a server certificate that it signed, with openssl.
 *
 * @module
 */

import { join } from "node:path";
import { commandOk } from "./command.ts";

/** Where the files are. */
export interface Certificates {
  /** The authority's certificate as PEM text: what a client has to trust. */
  readonly ca: string;
  /** The same in a file. */
  readonly caFile: string;
  /** The server's certificate, for 127.0.0.1 and localhost unless told. */
  readonly certFile: string;
  /** The server's key, readable by its owner alone. */
  readonly keyFile: string;
}

/** Whether there are to be any, and for whom: `DNS:db.example`. */
export type TlsOption = boolean | { readonly names: string } | undefined;

/** Makes the certificates that an option asks for, if any. */
export async function certificatesFor(
  tls: TlsOption,
  folder: string,
): Promise<Certificates | undefined> {
  if (!tls) return undefined;
  return await makeCertificates(folder, tls === true ? undefined : tls.names);
}

/** Makes fresh certificates in `folder`, good for a day. @param names Whom the server's is for, as openssl writes it. */
async function makeCertificates(
  folder: string,
  names = "IP:127.0.0.1,DNS:localhost",
): Promise<Certificates> {
  const file = (name: string): string => join(folder, name);
  const curve = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
  ];
  await commandOk("openssl", [
    ...[
      "req",
      "-x509",
      ...curve,
      "-days",
      "1",
      "-subj",
      "/CN=Osiris test authority",
    ],
    ...["-keyout", file("ca.key"), "-out", file("ca.pem")],
  ]);
  await commandOk("openssl", [
    ...[
      "req",
      ...curve,
      "-subj",
      "/CN=localhost",
      "-keyout",
      file("server.key"),
      "-out",
      file("server.csr"),
    ],
  ]);
  const extensions = file("server.ext");
  await Deno.writeTextFile(
    extensions,
    `subjectAltName=${names}\n`,
  );
  await commandOk("openssl", [
    ...[
      "x509",
      "-req",
      "-in",
      file("server.csr"),
      "-CA",
      file("ca.pem"),
      "-CAkey",
      file("ca.key"),
    ],
    ...[
      "-CAcreateserial",
      "-days",
      "1",
      "-extfile",
      extensions,
      "-out",
      file("server.pem"),
    ],
  ]);
  await Deno.chmod(file("server.key"), 0o600);
  const ca = await Deno.readTextFile(file("ca.pem"));
  return {
    ca,
    caFile: file("ca.pem"),
    certFile: file("server.pem"),
    keyFile: file("server.key"),
  };
}
