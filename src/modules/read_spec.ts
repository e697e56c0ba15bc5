/**
 * Reads a driver's spec in a sandbox that may do nothing but load the module: a
 * process where its steps will run in one, else a worker.
 *
 * @module
 */
import { quoted } from "../describe.ts";
import type { DriverSpec } from "../driver/spec.ts";
import { OsirisError } from "../error.ts";
import { childEnvironment } from "../host/child_command.ts";
import { launchProcess } from "../host/launch_process.ts";
import { launchWorker } from "../host/launch_worker.ts";
import type { Sandbox } from "../host/sandbox.ts";
import { runSession } from "../host/session.ts";
import { DEFAULT_DEADLINES } from "../manifest/policies.ts";
import type { ProcessLimits } from "../worker/keep_limits.ts";
import { checkSpec } from "./check_spec.ts";

/** A module that may be loaded. */
export interface LoadableModule {
  /** What the sandbox imports. */
  readonly url: string;
  /** Local files that it is made of. */
  readonly files: readonly string[];
  /** Hosts from which parts of it are loaded. */
  readonly imports: readonly string[];
}

/** Boot module for drivers that are not ours. */
export const MODULE_BOOT: URL = new URL(
  "../worker/module.worker.ts",
  import.meta.url,
);

/** How long loading a module may take, in milliseconds: packages may have to be fetched. */
const LOAD_MS = 60_000;
/** Longest silence while it loads, in milliseconds. */
const SILENCE_MS = 30_000;
/** What a process may take for it. */
const LIMITS: ProcessLimits = { memoryMb: 512, cpuS: 60 };

/** How a spec is read. */
export interface SpecOptions {
  readonly loadMs?: number;
  readonly silenceMs?: number;
  /** Whether in a process, which can be held to memory and time. */
  readonly inProcess?: boolean;
}

/**
 * Reads and checks the spec of a module.
 *
 * @param shown The driver as the user wrote it.
 * @throws {OsirisError} `driver/invalid`, `driver/hung`, `driver/permission`, …
 */
export async function readSpec(
  module: LoadableModule,
  shown: string,
  options: SpecOptions = {},
): Promise<DriverSpec> {
  if (!options.inProcess) return await readOnce(module, shown, options);
  try {
    return await readOnce(module, shown, options);
  } catch (thrown) {
    // A process fetches nothing; whether this one may was decided at its start.
    if (!/--cached-only is specified/.test((thrown as Error).message)) {
      throw thrown;
    }
    return await readOnce(module, shown, { ...options, inProcess: false });
  }
}

async function readOnce(
  module: LoadableModule,
  shown: string,
  { loadMs = LOAD_MS, silenceMs = SILENCE_MS, inProcess = false }: SpecOptions,
): Promise<DriverSpec> {
  const { url } = module;
  const sandbox = open(module, shown, inProcess);
  const limits = {
    ...DEFAULT_DEADLINES,
    stepMs: loadMs,
    heartbeatMs: silenceMs,
  };
  let isEnded = true;
  try {
    const { result } = await runSession(sandbox, {
      start: {
        task: { kind: "spec" },
        step: shown,
        module: url,
        config: {},
        connection: null,
        values: {},
        inputs: {},
        isDeepCheck: false,
        output: null,
        sources: {},
        sampleRows: null,
        state: null,
        deadlines: limits,
      },
      sources: {},
      targets: {},
      hosts: [],
      secrets: new Map(),
      deadlines: limits,
      signal: new AbortController().signal,
      hooks: { log() {}, emit() {}, measure() {}, progress() {} },
    });
    return checkSpec(result, shown);
  } catch (thrown) {
    isEnded = await sandbox.stop();
    throw explain(thrown, { shown, url, isEnded });
  } finally {
    await sandbox.stop();
  }
}

function open(
  { files, imports }: LoadableModule,
  name: string,
  inProcess: boolean,
): Sandbox {
  const launch = {
    name,
    boot: MODULE_BOOT,
    permissions: { net: [], read: files, write: [], import: imports },
  };
  return inProcess
    ? launchProcess({
      ...launch,
      limits: LIMITS,
      sources: [],
      partials: [],
      environment: childEnvironment(),
    })
    : launchWorker(launch);
}

/** The same failure, said of the driver rather than of a step. */
function explain(
  thrown: unknown,
  { shown, url, isEnded }: {
    readonly shown: string;
    readonly url: string;
    readonly isEnded: boolean;
  },
): OsirisError {
  const error = thrown as OsirisError;
  if (error.code === "driver/invalid" && error.faults !== undefined) {
    return error;
  }
  const reason = plainText(
    error.message.replaceAll(url, shown).replace(/data:\S+/g, shown),
  )
    .replace(/^Cannot (?:run|complete) step(?: "[^"]*")?: /, "")
    .replace(/^(?:Type)?Error: /, "")
    .replace(/^Cannot pass a message on: it holds/, "its spec holds");
  const isDenied = /Requires \w+ access/.test(reason);
  const isLoading = ["step/failed", "driver/protocol"].includes(error.code);
  return new OsirisError(
    isDenied ? "driver/permission" : isLoading ? "driver/invalid" : error.code,
    `Cannot use driver ${quoted(shown)}: ${reason}`,
    {
      cause: thrown,
      ...hintFor(reason, error.hint),
      details: { stuck: !isEnded },
    },
  );
}

function hintFor(reason: string, hint?: string): { hint?: string } {
  if (/Requires read access/.test(reason)) {
    return {
      hint: "A driver imports code files of its own folder and below only",
    };
  }
  if (/Requires import access/.test(reason)) {
    return {
      hint: "Import it by npm: or jsr:, or bundle the driver into one file",
    };
  }
  if (/Requires \w+ access|^its process t/.test(reason)) {
    return {
      hint: "Do nothing while the module loads: the work belongs into run",
    };
  }
  if (/cannot-be-a-base|Import "\.{0,2}\//.test(reason)) {
    return { hint: "Pin a module in one file, such as `deno bundle` makes" };
  }
  if (/not a dependency/.test(reason)) {
    return {
      hint: "Write the specifier out (npm:…, jsr:…), or map it in deno.json",
    };
  }
  return hint === undefined ? {} : { hint };
}

/** The first line without colour: messages of the engine hold escapes and places, raw or spelled out. */
function plainText(text: string): string {
  // deno-lint-ignore no-control-regex -- colour codes are control characters
  const plain = text.replace(/(?:\x1b|\\u001b)\[[0-9;]*m/g, "");
  return plain.split(/\n|\\n {4}at /)[0].replace(/[\p{Cc}\u2028\u2029]/gu, " ");
}
