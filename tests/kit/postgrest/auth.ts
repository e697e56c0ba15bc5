// Who asks: the gateway's look at `apikey`, and PostgREST's at the token (docs, "Authentication").
import { checkClaims, type Claims, signJwt, verifyJwt } from "./jwt.ts";
import type { Answer } from "./request.ts";
import type { Session } from "./transaction.ts";

/** Signs, checks and remembers tokens. */
export interface Auth {
  anonKey: string;
  serviceKey: string;
  /** A signed token; `role` and, unless given, an `exp` an hour from now are up to the caller's claims. */
  makeJwt(claims: Claims): Promise<string>;
  /** The gateway's refusal of a request without a known key, or undefined. */
  refuseKey(
    headers: Record<string, string>,
    params: URLSearchParams,
  ): Answer | undefined;
  /** The role and claims of a request. @throws {Refusal} PGRST301, PGRST303. */
  session(headers: Record<string, string>): Promise<Session>;
}

export interface AuthOptions {
  secret: string;
  anonRole: string;
  /** See `Settings.version`. */
  version(): 12 | 13;
}

/** Ten years, as Supabase's own keys. */
const keySeconds = 10 * 365 * 24 * 3600;

function gatewayRefusal(message: string, hint: string): Answer {
  return {
    status: 401,
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "WWW-Authenticate": 'Key realm="gateway"',
    },
    body: JSON.stringify({ message, hint }),
  };
}

/** Makes the keys of a project. */
export async function makeAuth(options: AuthOptions): Promise<Auth> {
  const { secret, anonRole } = options;
  const now = () => Math.floor(Date.now() / 1000);
  const sign = (role: string) => {
    const claims = {
      iss: "supabase",
      ref: "fixture",
      role,
      iat: now() - 60,
      exp: now() + keySeconds,
    };
    return signJwt(claims, secret);
  };
  const [anonKey, serviceKey] = [
    await sign(anonRole),
    await sign("service_role"),
  ];
  const verified = new Map<string, Promise<Claims>>();

  return {
    anonKey,
    serviceKey,
    makeJwt: (claims) => signJwt({ exp: now() + 3600, ...claims }, secret),
    refuseKey(headers, params) {
      const key = headers.apikey ?? params.get("apikey") ?? undefined;
      if (key === undefined) {
        return gatewayRefusal(
          "No API key found in request",
          "No `apikey` request header or url param was found.",
        );
      }
      if (key === anonKey || key === serviceKey) return undefined;
      return gatewayRefusal(
        "Invalid API key",
        "Double check your Supabase `anon` or `service_role` API key.",
      );
    },
    async session(headers) {
      // Without a token of its own a request counts as the key's role.
      const bearer = /^bearer\s+(.*)$/i.exec(
        headers.authorization ?? `Bearer ${headers.apikey ?? anonKey}`,
      );
      const token = bearer?.[1].trim() ?? "";
      // Signatures are remembered, the clock is not (› JWT Cache).
      const claims =
        await (verified.get(token) ?? remember(verified, token, secret));
      checkClaims(claims, now(), options.version());
      const role = typeof claims.role === "string" ? claims.role : anonRole;
      return {
        role,
        claims: { ...claims, role },
        isAuthenticated: role !== anonRole,
      };
    },
  };
}

function remember(
  verified: Map<string, Promise<Claims>>,
  token: string,
  secret: string,
): Promise<Claims> {
  const claims = verifyJwt(token, secret);
  if (verified.size > 1000) verified.clear();
  verified.set(token, claims);
  return claims;
}
