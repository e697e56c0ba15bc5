// Runs the manifest when someone calls who knows the token, one run at a time.
import { run } from "jsr:@osiris/runtime@0.1.0";
import { timingSafeEqual } from "node:crypto";

const token = Deno.env.get("WEBHOOK_TOKEN");
if (!token) throw new Error("WEBHOOK_TOKEN is not set");
const expected = await digest(`Bearer ${token}`);
let isRunning = false;

Deno.serve({ hostname: "127.0.0.1", port: 8080 }, async (request) => {
  const given = await digest(request.headers.get("authorization") ?? "");
  if (!timingSafeEqual(given, expected)) return status(401);
  if (request.method !== "POST") return status(405);
  if (isRunning) return status(409);
  isRunning = true;
  try {
    const { status, totalRows, error } = await run("manifest.yaml", {
      locked: true,
    });
    return Response.json(
      { status, totalRows, code: error?.code },
      { status: error ? 500 : 200 },
    );
  } catch (error) { // refused before the start
    return Response.json({
      status: "refused",
      code: (error as { code?: string }).code,
    }, {
      status: 500,
    });
  } finally {
    isRunning = false;
  }
});

async function digest(text: string): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function status(code: number): Response {
  return new Response(null, { status: code });
}
