/**
 * An extractor for tests of incremental runs in real workers: the numbers above
 * what it kept, up to what its config says is there.
 *
 * @module
 */

interface Config {
  readonly there: number;
  readonly cursor?: { readonly from?: string; readonly to?: string };
}

function batchOf(from: number, to: number) {
  const data = Int32Array.from(
    { length: Math.max(0, to - from) },
    (_, i) => from + i + 1,
  );
  const type = { kind: "int", bits: 32, signed: true };
  return {
    schema: { fields: [{ name: "n", type, nullable: false }] },
    length: data.length,
    columns: [{
      type,
      length: data.length,
      nullCount: 0,
      validity: null,
      data,
      offsets: null,
    }],
  };
}

const bound = { type: "string", description: "A bound." };

export default {
  spec: {
    name: "test.numbers_source",
    version: "1.0.0",
    summary: "Gives numbers that are new.",
    mode: "extract",
    config: {
      type: "object",
      additionalProperties: false,
      properties: {
        there: { type: "integer", description: "The greatest number." },
        cursor: {
          type: "object",
          description: "Reads what is new.",
          properties: { column: bound, from: bound, to: bound },
        },
      },
    },
    inputs: { min: 0, max: 0 },
    output: true,
    capabilities: { incremental: true },
  },
  async *run(
    { config: { there, cursor } }: { config: Config },
    context: {
      readonly state: { readonly n: number } | null;
      saveState(state: unknown): void;
    },
  ) {
    const from = Number(cursor?.from ?? context.state?.n ?? 0);
    const to = Number(cursor?.to ?? there);
    yield batchOf(from, to);
    if (cursor !== undefined) context.saveState({ n: to });
  },
};
