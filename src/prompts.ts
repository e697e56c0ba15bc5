/**
 * Tells whether Deno may ask the user for permissions on this terminal.
 *
 * Why it matters: in a worker "not granted" means "ask", so on a terminal
 * without `--no-prompt` a sandboxed driver can ask for anything, and a "y"
 * gives it more than its parent has.
 *
 * Deno doesn't say. But it refuses requests with names over 10 KiB without
 * showing them, and remembers that refusal only when it would have asked
 * otherwise. Where prompts are on, this leaves three lines on stderr.
 *
 * @module
 */

/** Longer than any name Deno would show. */
const UNSHOWABLE = "X".repeat(11_000);

const PROBES: readonly Deno.PermissionDescriptor[] = [
  { name: "env", variable: UNSHOWABLE },
  { name: "read", path: `/${UNSHOWABLE}` },
  { name: "write", path: `/${UNSHOWABLE}` },
  { name: "run", command: UNSHOWABLE },
];

/** Whether Deno may ask on this terminal. */
export async function mayPrompt(): Promise<boolean> {
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) return false;
  const state = (probe: Deno.PermissionDescriptor): Deno.PermissionState =>
    Deno.permissions.querySync(probe).state;
  const probe = PROBES.find((probe) => state(probe) === "prompt");
  if (probe === undefined) return await mayPromptInWorker();
  Deno.permissions.requestSync(probe);
  return state(probe) === "denied";
}

/** Where this process holds everything, a worker that holds nothing has something to request. */
async function mayPromptInWorker(): Promise<boolean> {
  const code = `
    const probe = { name: "env", variable: "${UNSHOWABLE}" };
    Deno.permissions.requestSync(probe);
    self.postMessage(Deno.permissions.querySync(probe).state);`;
  const worker = new Worker(
    `data:application/javascript,${encodeURIComponent(code)}`,
    { type: "module", deno: { permissions: NOTHING } },
  );
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  try {
    return await promise === "denied";
  } finally {
    worker.terminate();
  }
}

const NOTHING: Deno.PermissionOptionsObject = {
  read: false,
  write: false,
  net: false,
  env: false,
  run: false,
  sys: false,
  ffi: false,
  import: false,
};
