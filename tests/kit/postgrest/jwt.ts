// JSON Web Tokens signed with HS256, and PostgREST's complaints about bad ones (docs, "Authentication" › JWT Authentication).
import { Refusal } from "./refusal.ts";

export type Claims = Record<string, unknown>;

const encoder = new TextEncoder();

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll(
    "/",
    "_",
  ).replaceAll("=", "");
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

function importKey(secret: string): Promise<CryptoKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    algorithm,
    false,
    ["sign", "verify"],
  );
}

/** Signs claims. */
export async function signJwt(claims: Claims, secret: string): Promise<string> {
  const part = (value: unknown) =>
    encode(encoder.encode(JSON.stringify(value)));
  const head = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  const signature = await crypto.subtle.sign(
    "HMAC",
    await importKey(secret),
    encoder.encode(head),
  );
  return `${head}.${encode(new Uint8Array(signature))}`;
}

function refuse(
  code: string,
  message: string,
  details: string | null = null,
): Refusal {
  return new Refusal(401, code, message, {
    details,
    headers: {
      "WWW-Authenticate":
        `Bearer error="invalid_token", error_description="${message}"`,
    },
  });
}

/** The claims of a token whose signature holds. @throws {Refusal} PGRST301 (docs, "Errors" › Group 3). */
export async function verifyJwt(
  token: string,
  secret: string,
): Promise<Claims> {
  if (token === "") {
    throw refuse("PGRST301", "Empty JWT is sent in Authorization header");
  }
  const parts = token.split(".");
  if (parts.length !== 3) {
    throw refuse("PGRST301", `Expected 3 parts in JWT; got ${parts.length}`);
  }
  let header: Claims, claims: Claims, signature: Uint8Array<ArrayBuffer>;
  try {
    const [head, body] = parts.map((part) =>
      new TextDecoder().decode(decode(part))
    );
    [header, claims, signature] = [
      JSON.parse(head),
      JSON.parse(body),
      decode(parts[2]),
    ];
  } catch {
    throw refuse("PGRST301", "JWT cryptographic operation failed");
  }
  if (header.alg !== "HS256") {
    throw refuse(
      "PGRST301",
      "Wrong or unsupported encoding algorithm",
      "JWT is signed with another algorithm",
    );
  }
  const signed = encoder.encode(`${parts[0]}.${parts[1]}`);
  if (
    !await crypto.subtle.verify(
      "HMAC",
      await importKey(secret),
      signature,
      signed,
    )
  ) {
    throw refuse(
      "PGRST301",
      "No suitable key or wrong key type",
      "None of the keys was able to decode the JWT",
    );
  }
  return claims;
}

/** Seconds by which clocks may differ (docs, "Authentication" › JWT Claims Validation). */
const skewSeconds = 30;

/**
 * Checks exp, nbf and iat at `now` (seconds since 1970). PostgREST 13 calls such failures PGRST303; up to 12 it was PGRST301.
 *
 * @throws {Refusal}
 */
export function checkClaims(
  claims: Claims,
  now: number,
  version: 12 | 13,
): void {
  const code = version === 12 ? "PGRST301" : "PGRST303";
  for (const name of ["exp", "nbf", "iat"]) {
    if (claims[name] !== undefined && typeof claims[name] !== "number") {
      throw refuse(code, `The JWT '${name}' claim must be a number`);
    }
  }
  const { exp = Infinity, nbf = -Infinity, iat = -Infinity } = claims as Record<
    string,
    number
  >;
  if (exp < now - skewSeconds) throw refuse(code, "JWT expired");
  if (nbf > now + skewSeconds) throw refuse(code, "JWT not yet valid");
  if (iat > now + skewSeconds) throw refuse(code, "JWT issued at future");
}
