/**
 * log.extractor: reads the log of a web server in the Common Log Format.
 *
 * It names its file under `files`: the main process opens it, and the sandbox
 * needs no permission at all.
 */
import {
  BATCH_ROWS,
  type ColumnBuilder,
  columnBuilder,
  defineDriver,
  type Field,
  OsirisError,
  types,
} from "@osiris/runtime/driver";

interface Config {
  readonly path: string;
}

const fields: Field[] = [
  { name: "host", type: types.utf8, nullable: false },
  { name: "time", type: types.timestampUtc, nullable: false },
  { name: "method", type: types.utf8, nullable: false },
  { name: "path", type: types.utf8, nullable: false },
  { name: "status", type: types.uint16, nullable: false },
  { name: "bytes", type: types.int64, nullable: true },
];

const LINE =
  /^(\S+) \S+ \S+ \[(\d{2})\/(\w{3})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})\] "(\S+) (\S+)[^"]*" (\d{3}) (\d+|-)/;
const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

export default defineDriver<Config>({
  spec: {
    name: "log.extractor",
    version: "1.0.0",
    summary: "Reads the log of a web server.",
    mode: "extract",
    config: {
      type: "object",
      additionalProperties: false,
      required: ["path"],
      properties: {
        path: { type: "string", minLength: 1, description: "The log file." },
      },
    },
    inputs: { min: 0, max: 0 },
    output: true,
    files: { log: { mode: "read", path: "{config.path}" } },
  },
  async *run({ config, sources }, context) {
    let builders = newBuilders();
    const flush = () => {
      const length = builders[0].length;
      const columns = builders.map((builder) => builder.finish());
      builders = newBuilders();
      return { schema: { fields }, length, columns };
    };
    let number = 0;
    for await (const line of linesOf(sources.log.open())) {
      context.signal.throwIfAborted();
      number++;
      append(builders, line, `${config.path}:${number}`);
      if (builders[0].length === BATCH_ROWS) yield flush();
    }
    if (builders[0].length > 0 || number === 0) yield flush();
    context.progress(number);
  },
});

function newBuilders(): ColumnBuilder[] {
  return fields.map(({ type }) => columnBuilder(type));
}

async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

function append(
  builders: readonly ColumnBuilder[],
  line: string,
  where: string,
): void {
  const match = line.match(LINE);
  if (match === null) {
    throw new OsirisError(
      "data/syntax",
      `Cannot read log: ${where}: it is no line of the Common Log Format`,
    );
  }
  const [, host, day, month, year, clock, zone, minutes, method, path] = match;
  const [status, bytes] = match.slice(10);
  const number = MONTHS.indexOf(month) / 3 + 1;
  const time = Date.parse(
    `${year}-${
      String(number).padStart(2, "0")
    }-${day}T${clock}${zone}:${minutes}`,
  );
  const values = [
    host,
    BigInt(time) * 1000n,
    method,
    path,
    Number(status),
    bytes === "-" ? null : BigInt(bytes),
  ];
  values.forEach((value, index) => {
    if (value === null) builders[index].appendNull();
    else builders[index].appendValue(value);
  });
}
