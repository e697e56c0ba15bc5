/**
 * The drivers that every manifest may name.
 *
 * Only their specs are imported: to list, check and plan, no driver's code is
 * loaded. The `import()` calls are literal so that tools that walk the module
 * graph (cache, lock, compile) find the drivers too.
 *
 * @module
 */
import type {
  DriverRegistry,
  RegisteredDriver,
} from "../src/driver/registry.ts";
import type { DriverSpec } from "../src/driver/spec.ts";
import { spec as arqueroTransformSpec } from "./arquero/transform.spec.ts";
import { spec as csvExtractorSpec } from "./filesystem/csv_extractor.spec.ts";
import { spec as csvWriterSpec } from "./filesystem/csv_writer.spec.ts";
import { spec as jsonExtractorSpec } from "./filesystem/json_extractor.spec.ts";
import { spec as jsonWriterSpec } from "./filesystem/json_writer.spec.ts";
import { mysqlExtractorSpec } from "./mysql/extractor.spec.ts";
import { mysqlWriterSpec } from "./mysql/writer.spec.ts";
import { spec as supabaseExtractorSpec } from "./supabase/extractor.spec.ts";
import { spec as supabaseWriterSpec } from "./supabase/writer.spec.ts";

type Load = Extract<RegisteredDriver["origin"], { kind: "builtin" }>["load"];

function builtin(spec: DriverSpec, worker: URL, load: Load): RegisteredDriver {
  return { spec, origin: { kind: "builtin", worker, load } };
}

const all: readonly RegisteredDriver[] = [
  builtin(
    arqueroTransformSpec,
    new URL("./arquero/transform.worker.ts", import.meta.url),
    () => import("./arquero/transform.ts"),
  ),
  builtin(
    csvExtractorSpec,
    new URL("./filesystem/csv_extractor.worker.ts", import.meta.url),
    () => import("./filesystem/csv_extractor.ts"),
  ),
  builtin(
    csvWriterSpec,
    new URL("./filesystem/csv_writer.worker.ts", import.meta.url),
    () => import("./filesystem/csv_writer.ts"),
  ),
  builtin(
    jsonExtractorSpec,
    new URL("./filesystem/json_extractor.worker.ts", import.meta.url),
    () => import("./filesystem/json_extractor.ts"),
  ),
  builtin(
    jsonWriterSpec,
    new URL("./filesystem/json_writer.worker.ts", import.meta.url),
    () => import("./filesystem/json_writer.ts"),
  ),
  builtin(
    mysqlExtractorSpec,
    new URL("./mysql/extractor.worker.ts", import.meta.url),
    () => import("./mysql/extractor.ts"),
  ),
  builtin(
    mysqlWriterSpec,
    new URL("./mysql/writer.worker.ts", import.meta.url),
    () => import("./mysql/writer.ts"),
  ),
  builtin(
    supabaseExtractorSpec,
    new URL("./supabase/extractor.worker.ts", import.meta.url),
    () => import("./supabase/extractor.ts"),
  ),
  builtin(
    supabaseWriterSpec,
    new URL("./supabase/writer.worker.ts", import.meta.url),
    () => import("./supabase/writer.ts"),
  ),
];

/** Built-in drivers by name. */
export const builtinDrivers: DriverRegistry = new Map(
  all.map((driver) => [driver.spec.name, driver]),
);

/**
 * The boot modules of all sandboxes, never called: named so that tools that
 * walk the module graph fetch them with the rest, and a start under
 * `--cached-only` finds them.
 */
export const bootModules: readonly (() => Promise<unknown>)[] = [
  () => import("./arquero/transform.worker.ts"),
  () => import("./filesystem/csv_extractor.worker.ts"),
  () => import("./filesystem/csv_writer.worker.ts"),
  () => import("./filesystem/json_extractor.worker.ts"),
  () => import("./filesystem/json_writer.worker.ts"),
  () => import("./mysql/extractor.worker.ts"),
  () => import("./mysql/writer.worker.ts"),
  () => import("./supabase/extractor.worker.ts"),
  () => import("./supabase/writer.worker.ts"),
  () => import("../src/host/process.ts"),
  () => import("../src/worker/module.worker.ts"),
];
