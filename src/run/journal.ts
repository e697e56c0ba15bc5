/**
 * Writes events and metrics as they happen: each line is handed to the
 * operating system before the run goes on, so that a kill leaves a readable log.
 *
 * @module
 */
import { join } from "node:path";
import type { Json } from "../driver/driver.ts";
import type { RunEvent, RunMetric } from "./event.ts";

/** Where a run says what happens. */
export class Journal {
  readonly #session: string;
  readonly #mask: (text: string) => string;
  readonly #events: Deno.FsFile;
  readonly #metrics: Deno.FsFile;
  readonly #onEvent: ((event: RunEvent) => void) | undefined;

  /**
   * Opens the two files of a run's folder.
   *
   * @param mask Takes the run's secrets out of a text.
   */
  constructor(
    folder: string,
    session: string,
    mask: (text: string) => string,
    onEvent?: (event: RunEvent) => void,
  ) {
    this.#session = session;
    this.#mask = mask;
    this.#onEvent = onEvent;
    const options = { create: true, append: true };
    this.#events = Deno.openSync(join(folder, "events.jsonl"), options);
    this.#metrics = Deno.openSync(join(folder, "metrics.jsonl"), options);
  }

  /** Writes an event. */
  emit(event: string, facts: Readonly<Record<string, Json>> = {}): void {
    const line = this.#line({ event, ...facts });
    write(this.#events, line);
    this.#onEvent?.(JSON.parse(line) as RunEvent);
  }

  /** Writes a metric. */
  measure(
    metric: string,
    value: number,
    unit: string,
    stepId: string | null,
  ): void {
    const facts: Omit<RunMetric, "ts" | "session"> = {
      metric,
      value,
      unit,
      step_id: stepId,
    };
    write(this.#metrics, this.#line(facts));
  }

  /** Closes the files. */
  close(): void {
    for (const file of [this.#events, this.#metrics]) {
      file.syncSync();
      file.close();
    }
  }

  #line(facts: object): string {
    const ts = new Date().toISOString();
    return this.#mask(JSON.stringify({ ts, session: this.#session, ...facts }));
  }
}

const encoder = new TextEncoder();

function write(file: Deno.FsFile, line: string): void {
  const bytes = encoder.encode(line + "\n");
  for (let at = 0; at < bytes.length;) {
    at += file.writeSync(bytes.subarray(at));
  }
}
