/**
 * The one request that supabase-js has no words for: the API's description of
 * itself, at its root.
 *
 * @module
 */
import type { Composed } from "./composed.ts";
import type { Project } from "./options.ts";

/** A GET of the API's root, with the headers that supabase-js would send. */
export function rootRequest(
  project: Project,
  schema: string,
  send: typeof fetch,
): Composed {
  const headers = new Headers({
    accept: "application/openapi+json, application/json",
    "accept-profile": schema,
    apikey: project.key,
    authorization: `Bearer ${project.jwt ?? project.key}`,
  });
  let signal: AbortSignal | undefined;
  const request: Composed = {
    setHeader(name, value) {
      headers.set(name, value);
      return request;
    },
    abortSignal(given) {
      signal = given;
      return request;
    },
    retry: () => request,
    then: (resolve, reject) =>
      send(`${project.url}/rest/v1/`, { headers, signal })
        .then(resolve, reject),
  };
  return request;
}
