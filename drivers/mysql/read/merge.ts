/**
 * Runs several streams of batches at once and gives what comes as it comes.
 *
 * @module
 */
import type { Batch } from "../../../src/table/batch.ts";

/** Merges streams; the order between them is that of arrival. Empty batches are left out but for one. */
export async function* merge(
  streams: readonly AsyncIterable<Batch>[],
): AsyncGenerator<Batch, void, undefined> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const waiting = new Map<number, Promise<Step>>();
  const ask = (index: number): void => {
    const step = iterators[index].next().then((result) => ({ index, result }));
    waiting.set(index, step);
  };
  let spare: Batch | null = null;
  try {
    iterators.forEach((_, index) => ask(index));
    while (waiting.size > 0) {
      const { index, result } = await Promise.race(waiting.values());
      waiting.delete(index);
      if (result.done) continue;
      ask(index);
      if (result.value.length > 0) {
        spare = null;
        yield result.value;
        spare ??= EMPTY_GIVEN;
      } else spare ??= result.value;
    }
    if (spare !== null && spare !== EMPTY_GIVEN) yield spare;
  } finally {
    for (const step of waiting.values()) step.catch(() => {});
    await Promise.all(iterators.map((iterator) => iterator.return?.()));
  }
}

interface Step {
  readonly index: number;
  readonly result: IteratorResult<Batch>;
}

/** Stands for "rows were given", so that no empty batch follows them. */
const EMPTY_GIVEN: Batch = { schema: { fields: [] }, length: 0, columns: [] };
