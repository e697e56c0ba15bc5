/**
 * log.busiest: the paths with the most requests, by Arquero.
 */
import { aq, readTable, writeTable } from "@osiris/runtime/arquero";
import { defineDriver, OsirisError, types } from "@osiris/runtime/driver";

interface Config {
  readonly top: number;
}

export default defineDriver<Config>({
  spec: {
    name: "log.busiest",
    version: "1.0.0",
    summary: "Gives the paths with the most requests.",
    mode: "transform",
    config: {
      type: "object",
      additionalProperties: false,
      properties: {
        top: {
          type: "integer",
          minimum: 1,
          default: 10,
          description: "How many paths to give.",
        },
      },
    },
    inputs: { min: 1, max: 1 },
    output: true,
  },
  async *run({ config, inputs }, context) {
    const { fields } = await inputs.df.schema();
    for (const column of ["path", "bytes"]) {
      if (!fields.some(({ name }) => name === column)) throw missing(column);
    }
    const requests = await readTable(inputs.df);
    const busiest = requests
      .groupby("path")
      .rollup({
        requests: aq.op.count(),
        bytes: aq.op.sum("bytes"),
      })
      .orderby(aq.desc("requests"), "path")
      .slice(0, config.top);
    context.log("info", `${requests.numRows()} requests`);
    context.account("filtered", requests.numRows() - busiest.numRows());
    yield* writeTable(busiest, {
      path: types.utf8,
      requests: types.int64,
      bytes: types.int64,
    });
  },
});

function missing(column: string): OsirisError {
  return new OsirisError(
    "data/missing-column",
    `Cannot count requests: the table has no column "${column}"`,
    { hint: "Take the table of a log.extractor" },
  );
}
