/**
 * What a worker's boot module calls: confines the worker, then serves one step.
 *
 * @module
 */
import type { Driver } from "../driver/driver.ts";
import { encodeError, OsirisError, toOsirisError } from "../error.ts";
import type { FromSandbox } from "../protocol.ts";
import { lockManager } from "../channel/locks.ts";
import { attach, type Line } from "./attach.ts";
import { confine } from "./confine.ts";
import { cut } from "./context.ts";
import type { Load } from "./serving.ts";
import { tellDenials } from "./tell_denials.ts";

/** Serves a driver that stands in the boot module's static graph. */
export function serve(driver: Driver): void {
  serveWith(() => Promise.resolve(driver), false);
}

/**
 * Serves a driver of the user's: its module is loaded by computed `import()`,
 * so that its whole subtree is checked against this worker's permissions.
 */
export function serveModule(): void {
  serveWith(async (module) => {
    if (module === null) throw notADriver("null");
    const loaded = await import(module) as { default?: Driver };
    const driver = loaded.default;
    if (typeof driver?.run !== "function" || typeof driver.spec !== "object") {
      throw notADriver(module);
    }
    return driver;
  }, true);
}

function serveWith(load: Load, isForeign: boolean): void {
  const scope = globalThis as unknown as Line & EventTarget;
  const locks = lockManager();
  const post = scope.postMessage.bind(scope);
  const line: Line = {
    postMessage: post,
    get onmessage() {
      return scope.onmessage;
    },
    set onmessage(listener) {
      scope.onmessage = listener;
    },
  };
  tellUncaught(scope, post);
  const request = locks.request.bind(locks);
  confine({
    say: (level, message) => post({ t: "log", level, message: cut(message) }),
    isForeign,
  });
  if (isForeign) {
    tellDenials((message) => post({ t: "denied", message: cut(message) }));
  }
  attach(line, {
    load,
    holdLock: (name) =>
      new Promise<void>((held) => {
        request(name, () => {
          held();
          return new Promise(() => {}); // until the worker ends
        });
      }),
  });
}

/**
 * Says what nobody caught. Left to itself the engine would print it, with the
 * driver's stack and whatever its message holds, to a place nobody masks.
 */
function tellUncaught(
  scope: EventTarget,
  post: (message: FromSandbox) => void,
): void {
  const tell = (event: Event, thrown: unknown): void => {
    event.preventDefault();
    const error = toOsirisError(
      thrown,
      "driver/crashed",
      "complete step: an error of its driver that nobody caught",
    );
    post({ t: "failed", error: encodeError(error) });
  };
  scope.addEventListener(
    "error",
    (event) => tell(event, (event as ErrorEvent).error),
  );
  scope.addEventListener(
    "unhandledrejection",
    (event) => tell(event, (event as PromiseRejectionEvent).reason),
  );
}

function notADriver(module: string): OsirisError {
  return new OsirisError(
    "driver/invalid",
    `Cannot use driver module "${module}": its default export is not a driver`,
    { hint: "Export default defineDriver({ spec, run })" },
  );
}
