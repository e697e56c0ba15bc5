// Holds what the package offers: a name more is a promise nobody meant to give,
// a name less breaks its users.
import assert from "node:assert/strict";
import { join } from "node:path";

const ROOT = join(import.meta.dirname!, "..");

/** Names by module, types included, sorted. */
const OFFERED: Readonly<Record<string, string>> = {
  "mod.ts": `
    Adapter Artifact AuditItems AuditKind CheckOptions Checkpoint
    CheckpointData CommandOptions CursorBounds Deadlines DiscoveredTable Drift
    Driver DriverOrigin DriverRegistry DriverSpec ERROR_CODES ErrorCode
    ErrorOptions EventName Execution Fault Fingerprint Grants HostNeeds
    Isolation Journal JournalOptions Json KeptTable LOCK_FILE Limits
    LocalAdapter LockPlace LockedManifest LockedStep Manifest Masker
    OsirisError ParamValue PermissionCheck Permissions Plan PlanReport
    PlanStepReport PlannedFile PlannedStep PreparedRun ProbeOptions
    ProbeReport RegisteredDriver ResolvedConnection Resumed RetryPolicy
    RunContext RunDetails RunEvent RunFolder RunLock RunMetric RunOptions
    RunRecord RunResult RunsOptions StateOptions StateRecord Step StepAudit
    StepGrants StepInputRef StepOutcome StepSummary auditRun denoCommand
    discover driftOf drivers formatDrift formatPlan listRuns listStates
    loadManifest lockOf lockPlace parseChecks plan planReport probe readLock
    resetStates run shellQuote showRun validate writeLock
  `,
  "driver.ts": `
    BATCH_BYTES BATCH_ROWS Batch BytesColumnBuilder Capabilities Column
    ColumnBuilder ColumnData ColumnFormatter CommittedPart DiscoveredTable Driver DriverMode
    DriverSpec ERROR_CODES ErrorCode ErrorOptions Fault Field FileNeed
    GatherText GatheredText InputFile Json JsonSchema LogLevel LogicalType NeedItem Needs OsirisError
    OutputFile ProbeReport RejectedRow RowReason Schema StepContext StepInput
    StepReport TableInput TypeKind Value columnBuilder columnFormatter decimal
    defineDriver emptyBatch formatType isNull parseType types
  `,
  "arquero.ts": `
    ReadOptions aq readTable writeTable
  `,
  "testing.ts": `
    ConformanceOptions DriverRun DriverTestOptions Subject TestColumn
    TestInput conformance rowsOf runDriver tableOf
  `,
};

for (const [module, list] of Object.entries(OFFERED)) {
  Deno.test(`${module} exports exactly what it promises`, async () => {
    const promised = list.trim().split(/\s+/);
    assert.deepEqual(await exportsOf(module), promised);
  });
}

/** Names that a module exports, sorted, as its documentation has them. */
async function exportsOf(module: string): Promise<string[]> {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: ["doc", "--json", module],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stderr));
  const { nodes } = JSON.parse(text.decode(stdout)) as Documentation;
  const [entry] = Object.entries(nodes).filter(([url]) =>
    url.endsWith(`/${module}`)
  );
  return [...new Set(entry[1].symbols.map(({ name }) => name))].sort();
}

/** As much of `deno doc --json` as is read here. */
interface Documentation {
  readonly nodes: Readonly<
    Record<string, { readonly symbols: readonly { readonly name: string }[] }>
  >;
}
