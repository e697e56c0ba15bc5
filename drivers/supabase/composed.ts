/**
 * A request that is put together and not sent yet.
 *
 * @module
 */

/** A request that supabase-js has composed and not sent. */
export interface Composed extends PromiseLike<unknown> {
  setHeader(name: string, value: string): Composed;
  abortSignal(signal: AbortSignal): Composed;
  retry(enabled: boolean): Composed;
}
