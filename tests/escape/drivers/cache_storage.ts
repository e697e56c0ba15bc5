// Keeps data for later runs in the cache storage.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(async () => {
  const cache = await hidden.caches.open("escape");
  await cache.put("http://x/", new Response("was here"));
  return "kept";
});
