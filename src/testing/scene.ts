/**
 * Where the driver under test stands: its folder with files and connection, and
 * a manifest of one step between a source and a sink.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import type { Driver, Json } from "../driver/driver.ts";
import type { DriverSpec } from "../driver/spec.ts";
import type { Grants } from "../manifest/manifest.ts";
import type { TestInput } from "./stand_ins.ts";

/** Id of the step of the driver under test. */
export const STEP = "step";

/**
 * The driver to test: its module's URL, which is sandboxed as in a run, or the
 * driver itself, which runs in the test's own thread.
 */
export type Subject = URL | string | Driver;

/** What a driver is run with. */
export interface DriverTestOptions {
  /** The step's config, as a manifest would give it; empty if left out. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Fields of its connection. */
  readonly connection?: Readonly<Record<string, unknown>>;
  /** Tables by input name. */
  readonly inputs?: Readonly<Record<string, TestInput>>;
  /** Literal inputs by name. */
  readonly values?: Readonly<Record<string, Json>>;
  /** Contents by path, put into the working directory before the run. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** What its step grants it. */
  readonly permissions?: Partial<Grants>;
  /** Where it runs; as in a run that does not say if left out. */
  readonly isolation?: "worker" | "process";
  /** Stops the run when it is aborted. */
  readonly signal?: AbortSignal;
  /** Folder in which working directories are made; the system's own for such things by default. */
  readonly tempFolder?: string;
}

/** Puts files and connection into the folder of a run. */
export async function prepareFolder(
  cwd: string,
  spec: DriverSpec,
  { files = {}, connection }: DriverTestOptions,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = resolve(cwd, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
  }
  if (connection === undefined) return;
  const family = spec.connection?.family ?? "none";
  await Deno.writeTextFile(
    join(cwd, "osiris_connections.yaml"),
    JSON.stringify({ connections: { [family]: { testing: connection } } }),
  );
}

/** The manifest of a run. */
export function manifestOf(
  subject: Subject,
  spec: DriverSpec,
  options: DriverTestOptions,
): object {
  const { config = {}, connection, inputs = {}, values = {}, permissions } =
    options;
  const names = Object.keys(inputs);
  const sources = names.map((_, index) => ({
    id: `in_${index}`,
    driver: `testing.in_${index}`,
  }));
  const family = spec.connection?.family;
  const step = {
    id: STEP,
    driver: nameOf(subject, spec),
    config: {
      ...config,
      ...(connection && { connection: `@${family}.testing` }),
    },
    inputs: {
      ...Object.fromEntries(
        names.map((name, index) => [name, `\${in_${index}}`]),
      ),
      ...values,
    },
    ...(permissions && { permissions }),
  };
  const out = {
    id: "out",
    driver: "testing.out",
    inputs: { df: `\${${STEP}}` },
  };
  const steps = [...sources, step, ...(spec.output ? [out] : [])];
  return { name: "testing", steps };
}

/** How the manifest names the driver. */
export function nameOf(subject: Subject, spec: DriverSpec): string {
  return typeof subject === "object" && "spec" in subject
    ? spec.name
    : String(subject);
}
