/**
 * Runs a command to its end and hands back everything it said.
 *
 * @module
 */

/** What {@linkcode command} takes besides the command itself. */
export interface CommandOptions {
  /** Folder to run in; the tests' own when left out. */
  readonly cwd?: string | URL;
  /** Variables to add. */
  readonly env?: Record<string, string>;
  /** Passes on only `env`, nothing of the tests' own environment. */
  readonly clearEnv?: boolean;
  /** Written to the command's stdin, which is then closed; without it stdin is empty. */
  readonly stdin?: string | Uint8Array;
  /** Kills the command with SIGKILL after so many milliseconds. */
  readonly timeoutMs?: number;
  /** User to run as; needs root. */
  readonly uid?: number;
  /** Group to run as; needs root. */
  readonly gid?: number;
}

/** How a command ended. */
export interface CommandResult {
  /** Exit code; 128 + signal number when a signal ended it. */
  readonly code: number;
  /** The signal that ended it. */
  readonly signal: Deno.Signal | null;
  /** All of stdout as text. */
  readonly stdout: string;
  /** All of stderr as text. */
  readonly stderr: string;
  /** From start to end, in milliseconds. */
  readonly ms: number;
}

/** Runs `program` and waits for its end; a non-zero exit code is a result, not an error. */
export async function command(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { stdin, timeoutMs, ...rest } = options;
  const started = performance.now();
  const child = new Deno.Command(program, {
    ...rest,
    args: [...args],
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = timeoutMs === undefined
    ? undefined
    : setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  try {
    const [output] = await Promise.all([child.output(), feed(child, stdin)]);
    return {
      code: output.code,
      signal: output.signal,
      stdout: new TextDecoder().decode(output.stdout),
      stderr: new TextDecoder().decode(output.stderr),
      ms: performance.now() - started,
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Runs this very Deno, without colour; otherwise as {@linkcode command}. */
export function deno(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return command(Deno.execPath(), args, {
    ...options,
    env: { NO_COLOR: "1", ...options.env },
  });
}

/** Runs a command that must succeed, and returns its stdout; a failure throws with its stderr. */
export async function commandOk(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await command(program, args, options);
  if (code === 0) return stdout;
  throw new Error(
    `Cannot run "${program} ${args.join(" ")}": exit code ${code}: ${
      stderr || stdout
    }`,
  );
}

async function feed(
  child: Deno.ChildProcess,
  stdin: string | Uint8Array | undefined,
): Promise<void> {
  if (stdin === undefined) return;
  const writer = child.stdin.getWriter();
  const bytes = typeof stdin === "string"
    ? new TextEncoder().encode(stdin)
    : stdin;
  try {
    await writer.write(bytes);
    await writer.close();
  } catch (error) {
    // A command that ends without reading its stdin is a normal case; its exit code tells.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
