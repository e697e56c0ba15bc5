/**
 * Answers what a step asks its host for: files to read, requests to send. Only
 * what the plan names is given, and only so much at once.
 *
 * @module
 */
import { encodeError, OsirisError } from "../error.ts";
import type { PlannedFile } from "../plan/plan.ts";
import type { SourceFacts, WireRequest } from "../protocol.ts";
import { sendRequest } from "./fetch_broker.ts";
import { openSource } from "./source.ts";
import type { Sandbox } from "./sandbox.ts";

/** Files and requests that a step may have open at once. */
const MAX_OPEN = 64;

/** Bytes that a step's requests may hold here at once. */
const MAX_BODIES = 256 << 20;

/** What a desk needs. */
export interface DeskOptions {
  readonly sandbox: Sandbox;
  readonly step: string;
  readonly sources: Readonly<Record<string, PlannedFile>>;
  /** Facts of the sources. */
  readonly facts: Readonly<Record<string, SourceFacts>>;
  /** Hosts that requests may go to, and the secrets put in on the way. */
  readonly hosts: readonly string[];
  readonly secrets: ReadonlyMap<string, string>;
  /** Aborted when the step has ended. */
  readonly signal: AbortSignal;
}

/** The desk of one step. */
export class Desk {
  /** Bytes read from sources. */
  bytesRead = 0;
  readonly #options: DeskOptions;
  readonly #requests = new Map<number, AbortController>();
  #files = 0;
  #bodies = 0;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** Opens a source and sends its port. */
  async open(id: number, name: string): Promise<void> {
    const { sandbox, sources, facts, signal } = this.#options;
    try {
      if (!Object.hasOwn(sources, name)) {
        throw this.#error(`it asks for a file "${name}" that its spec lacks`);
      }
      if (this.#files >= MAX_OPEN) throw this.#tooMany();
      this.#files++;
      const count = (bytes: number): void => void (this.bytesRead += bytes);
      const closed = (): void => void this.#files--;
      // What is no regular file may be there for this process only.
      if (sandbox.openSource && facts[name]?.canReopen) {
        return sandbox.openSource(id, sources[name], { count, closed });
      }
      const port = await openSource(
        sources[name],
        signal,
        count,
        closed,
      ).catch((thrown) => {
        this.#files--;
        throw thrown;
      });
      sandbox.post({ t: "opened", id, port }, [port]);
    } catch (thrown) {
      this.#refuse(id, thrown);
    }
  }

  /** Sends a request and answers with its response. */
  async fetch(id: number, request: WireRequest): Promise<void> {
    const { sandbox, hosts, secrets, signal } = this.#options;
    const controller = new AbortController();
    const bytes = request.body?.byteLength ?? 0;
    this.#bodies += bytes;
    try {
      // A number that stands for two would hide one of them.
      if (this.#requests.size >= MAX_OPEN || this.#requests.has(id)) {
        throw this.#tooMany();
      }
      if (this.#bodies > MAX_BODIES) {
        throw this.#error(
          `its requests send more than ${MAX_BODIES >> 20} MiB at once`,
        );
      }
      this.#requests.set(id, controller);
      const response = await sendRequest(
        request,
        secrets,
        hosts,
        AbortSignal.any([signal, controller.signal]),
        () => this.#requests.delete(id),
      );
      sandbox.post(
        { t: "response", id, response },
        response.port ? [response.port] : [],
      );
    } catch (thrown) {
      if (this.#requests.get(id) === controller) this.#requests.delete(id);
      this.#refuse(id, thrown);
    } finally {
      this.#bodies -= bytes;
    }
  }

  /** Gives up a request. */
  abort(id: number): void {
    this.#requests.get(id)?.abort();
  }

  /** Gives up all requests. */
  close(): void {
    for (const request of this.#requests.values()) request.abort();
  }

  #refuse(id: number, thrown: unknown): void {
    const { sandbox, signal } = this.#options;
    if (signal.aborted) return;
    const error = thrown instanceof OsirisError ? thrown : new OsirisError(
      "http/failed",
      `Cannot send request: ${
        thrown instanceof Error ? thrown.message : String(thrown)
      }`,
    );
    sandbox.post({ t: "refused", id, error: encodeError(error) });
  }

  #tooMany(): OsirisError {
    return this.#error(`it has ${MAX_OPEN} files or requests open already`);
  }

  #error(state: string): OsirisError {
    const { step } = this.#options;
    return new OsirisError(
      "driver/protocol",
      `Cannot serve step "${step}": ${state}`,
      { step },
    );
  }
}
