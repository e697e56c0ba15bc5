/**
 * Writes events and metrics as they happen: each line is handed to the
 * operating system before the run goes on, so that a kill leaves a readable log.
 *
 * @module
 */
import { join } from "node:path";
import type { Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import { fileError } from "../host/file_error.ts";
import type { RunEvent, RunMetric } from "../event.ts";
import { maskJson } from "./masking.ts";

/** How a journal is kept. */
export interface JournalOptions {
  /** Takes the run's secrets out of a text. */
  readonly mask: (text: string) => string;
  /** Hears each event after it is on disk. What it throws does not touch the run. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
}

/** Where a run says what happens. */
export class Journal {
  readonly #session: string;
  readonly #folder: string;
  readonly #options: JournalOptions;
  readonly #events: Deno.FsFile;
  readonly #metrics: Deno.FsFile;
  readonly #broken = new AbortController();
  #bytes = 0;
  #isListenerBad = false;
  #isClosed = false;

  /**
   * Opens the two files of a run's folder.
   *
   * @throws {OsirisError} `run/folder` when they can't be opened.
   */
  constructor(folder: string, session: string, options: JournalOptions) {
    this.#session = session;
    this.#folder = folder;
    this.#options = options;
    const append = { create: true, append: true };
    try {
      this.#events = Deno.openSync(join(folder, "events.jsonl"), append);
      this.#metrics = Deno.openSync(join(folder, "metrics.jsonl"), append);
    } catch (thrown) {
      throw folderError(folder, thrown);
    }
  }

  /** Aborted with `run/folder` when a line can't be written: a run that leaves no trace must stop. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Writes an event. Never throws: see {@linkcode broken}. */
  emit(event: string, facts: Readonly<Record<string, Json>> = {}): void {
    const line = this.#record({ event, ...facts });
    this.#write(this.#events, line);
    try {
      this.#options.onEvent?.(line as RunEvent);
    } catch (thrown) {
      if (this.#isListenerBad) return;
      this.#isListenerBad = true;
      this.emit("log", {
        level: "warn",
        message: `A listener of events has failed: ${thrown}`,
      });
    }
  }

  /** Writes a metric. Never throws: see {@linkcode broken}. */
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
      "step_id": stepId,
    };
    this.#write(this.#metrics, this.#record({ ...facts }));
  }

  /** Closes the files; what is said later is lost. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const file of [this.#events, this.#metrics]) {
      try {
        file.syncSync();
      } catch (thrown) {
        this.#broken.abort(folderError(this.#folder, thrown));
      }
      file.close();
    }
  }

  /** Masks texts before they become JSON: a secret such as `":"` or `12` must not tear a line apart. */
  #record(facts: Readonly<Record<string, Json>>): Record<string, Json> {
    const ts = new Date().toISOString();
    const masked = maskJson(facts, this.#options.mask) as Record<string, Json>;
    return { ts, session: this.#session, ...masked };
  }

  #write(file: Deno.FsFile, line: Readonly<Record<string, Json>>): void {
    if (this.#isClosed || this.#broken.signal.aborted) return;
    try {
      const bytes = encoder.encode(JSON.stringify(line) + "\n");
      for (let at = 0; at < bytes.length;) {
        at += file.writeSync(bytes.subarray(at));
      }
      this.#bytes += bytes.length;
    } catch (thrown) {
      this.#broken.abort(folderError(this.#folder, thrown));
    }
  }
}

const encoder = new TextEncoder();

/** The error for a run folder that can't be written. */
export function folderError(folder: string, thrown: unknown): OsirisError {
  const { message, hint, cause } = fileError(thrown, "write", folder);
  const state = message.slice(message.indexOf('": ') + 3);
  return new OsirisError(
    "run/folder",
    `Cannot write run folder "${folder}": ${state}`,
    {
      cause: cause ?? thrown,
      hint: hint ??
        "Run where you may write, or name another folder with --out",
    },
  );
}
