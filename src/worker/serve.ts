/**
 * What a worker's boot module calls: confines the worker, then serves one step.
 *
 * @module
 */
import type { Driver } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import { attach, type Line } from "./attach.ts";
import { lockManager } from "../channel/locks.ts";
import { confine } from "./confine.ts";

/** Serves a driver that stands in the boot module's static graph. */
export function serve(driver: Driver): void {
  serveWith(() => Promise.resolve(driver));
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
  });
}

function serveWith(load: (module: string | null) => Promise<Driver>): void {
  const scope = globalThis as unknown as Line;
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
  confine((level, message) => post({ t: "log", level, message }));
  attach(line, {
    load,
    holdLock: (name) =>
      new Promise<void>((held) => {
        locks.request(name, () => {
          held();
          return new Promise(() => {}); // until the worker ends
        });
      }),
  });
}

function notADriver(module: string): OsirisError {
  return new OsirisError(
    "driver/invalid",
    `Cannot use driver module "${module}": its default export is not a driver`,
    { hint: "Export default defineDriver({ spec, run })" },
  );
}
