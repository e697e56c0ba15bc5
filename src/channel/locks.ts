/**
 * Web Locks, which `lib.deno` does not type yet. A lock that a worker holds is
 * released the moment the worker ends, whatever the reason: the one sign of
 * its death that there is.
 *
 * @module
 */

/** The part of the Web Locks API that is used here. */
export interface LockManager {
  /** Holds the lock `name` while the promise that `use` returns is pending. */
  request(name: string, use: () => Promise<unknown> | void): Promise<unknown>;
}

/** The lock manager shared by all threads of the process. */
export function lockManager(): LockManager {
  return (navigator as unknown as { locks: LockManager }).locks;
}
