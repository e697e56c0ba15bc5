// Faults to order: what goes wrong with which request, and how often. Nothing here is random.

/** What goes wrong. "Done" means that the request was executed and committed. */
export type Fault =
  /** Done; the connection is reset after this many bytes of the answer's body. */
  | { kind: "reset"; afterBytes: number }
  /**
   * Done; no answer ever comes (`hang`), or the connection is closed without one. Beware: when a kept connection is
   * closed so, Deno's fetch sends the request again by itself, POST or not; only a stream as body or an HTTP client
   * with `poolMaxIdlePerHost: 0` keep it from that.
   */
  | { kind: "lost-answer"; how: "hang" | "close" }
  /** Not done: the connection is closed as soon as the request has been read. */
  | { kind: "refuse" }
  /** Not done: 429, with Retry-After in seconds or as an HTTP date. */
  | { kind: "too-many"; retryAfter?: number | string }
  /** Not done: 503 (PGRST002), with Retry-After if given. */
  | { kind: "unavailable"; retryAfter?: number | string }
  /** Not done: 413, as a web server's page. */
  | { kind: "too-large" }
  /** 502 (or another status) as a proxy's HTML page; done first if `isDone`. */
  | { kind: "proxy-page"; status?: number; isDone?: boolean }
  /** Done; the body comes in pieces of so many bytes with pauses of so many milliseconds. */
  | { kind: "trickle"; bytes: number; pauseMs: number }
  /** The request is executed after a wait, in milliseconds. */
  | { kind: "latency"; ms: number };

/** Which requests a fault meets. */
export interface FaultFilter {
  /** How many matching requests it meets; 1 unless given. */
  times?: number;
  /** How many matching requests go through before it begins. */
  after?: number;
  method?: string;
  /** The path below /rest/v1: whole (`/orders`) or a pattern. */
  path?: string | RegExp;
}

/** The switches. Faults are asked in the order they were set, and the first that matches is met. */
export interface Faults {
  next(fault: Fault, filter?: FaultFilter): void;
  /** Takes back every fault not met yet. */
  clear(): void;
  /** Faults still to be met. */
  readonly pending: number;
  /** For the server: the fault of this request, counted off. */
  take(method: string, path: string): Fault | undefined;
}

interface Planned {
  fault: Fault;
  filter: FaultFilter;
  wait: number;
  left: number;
}

function matches(filter: FaultFilter, method: string, path: string): boolean {
  if (filter.method !== undefined && filter.method !== method) return false;
  if (filter.path === undefined) return true;
  return typeof filter.path === "string"
    ? filter.path === path
    : filter.path.test(path);
}

/** Makes the switches of one server. */
export function makeFaults(): Faults {
  let planned: Planned[] = [];
  return {
    next(fault, filter = {}) {
      planned.push({
        fault,
        filter,
        wait: filter.after ?? 0,
        left: filter.times ?? 1,
      });
    },
    clear() {
      planned = [];
    },
    get pending() {
      return planned.reduce((sum, item) => sum + item.left, 0);
    },
    take(method, path) {
      const item = planned.find(({ filter }) => matches(filter, method, path));
      if (!item) return undefined;
      if (item.wait > 0) {
        item.wait--;
        return undefined;
      }
      if (--item.left === 0) {
        planned = planned.filter((other) => other !== item);
      }
      return item.fault;
    },
  };
}
