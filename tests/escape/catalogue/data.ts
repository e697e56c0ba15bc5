/** Attempts by data, expressions and manifests: no driver of the attacker's is needed. @module */
import type { Attempt, Outcome, Threat } from "../attempt.ts";
import type { Bait } from "../drivers/kit/attempt.ts";
import { SAVE } from "../manifest.ts";

const same = (outcome: Outcome): Pick<Attempt, "worker" | "process"> => ({
  worker: outcome,
  process: outcome,
});

const csvSteps = (path: string, config: object = {}) => (): object[] => [
  {
    id: "attempt",
    driver: "filesystem.csv_extractor",
    config: { path, ...config },
  },
  SAVE,
];

async function gzip(megabytes: number, line: string): Promise<Uint8Array> {
  const block = new TextEncoder().encode(line.repeat((1 << 20) / line.length));
  let left = megabytes;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (left-- > 0) controller.enqueue(block);
      else controller.close();
    },
  });
  const packed = source.pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** Data that is larger than it looks. */
export const data: Threat = {
  title: "take all memory by data",
  remote: "of the other machine",
  attempts: [
    {
      name: "csv_gzip_bomb",
      tries: "Unpacks 100 kB of CSV to 100 MB, held to 20 MB.",
      files: async () => ({ "bomb.csv.gz": await gzip(100, "a,b,c,d\n") }),
      steps: csvSteps("bomb.csv.gz"),
      options: { limits: { bytes: "20MB" } },
      ...same("run/limit"),
    },
    {
      name: "csv_endless_field",
      tries: "Unpacks 300 kB to one field of 300 MB.",
      files: async () => ({ "bomb.csv.gz": await gzip(300, "aaaaaaaa") }),
      steps: csvSteps("bomb.csv.gz"),
      ...same("data/too-large"),
    },
  ],
};

const arquero = (expression: string) => (_: Bait): object[] => [
  {
    id: "rows",
    driver: "filesystem.csv_extractor",
    config: { path: "rows.csv" },
  },
  {
    id: "attempt",
    driver: "arquero.transform",
    inputs: { df: "${rows}" },
    config: { verbs: [{ derive: { loot: expression } }, { select: ["loot"] }] },
  },
  SAVE,
];

const expression = (
  name: string,
  tries: string,
  text: string,
  outcome: Outcome = "data/expression",
): Attempt => ({
  name: `arquero_${name}`,
  tries,
  files: () => Promise.resolve({ "rows.csv": "n\n1\n" }),
  steps: arquero(text),
  ...same(outcome),
});

const THIEF = "return Deno.readTextFileSync('/etc/passwd')";

/** Expressions of a transform that are more than arithmetic. */
export const expressions: Threat = {
  title: "run code by an Arquero expression",
  remote: "as here",
  attempts: [
    expression(
      "constructor",
      "Makes a function by the constructor of one.",
      `(() => 1).constructor("${THIEF}")()`,
    ),
    expression(
      "op_constructor",
      "Makes a function by the constructor of an operation.",
      `op.abs.constructor("${THIEF}")()`,
    ),
    expression(
      "column_constructor",
      "Makes a function by the constructor of a cell's.",
      `d.n.constructor.constructor("${THIEF}")()`,
    ),
    expression(
      "computed",
      "Spells a forbidden name in parts.",
      `d["const" + "ructor"]["const" + "ructor"]("${THIEF}")()`,
    ),
    expression("global", "Names the global scope.", "globalThis.Deno.env"),
    expression("deno", "Names Deno.", "Deno.readTextFileSync('/etc/passwd')"),
    expression("import", "Imports a module.", "import('node:fs')"),
    expression("function", "Calls Function.", `Function("${THIEF}")()`),
    expression("eval", "Calls eval.", "eval('Deno')"),
    expression("this", "Takes `this`.", "(function () { return this })()"),
    expression(
      "template",
      "Hides code in a template.",
      "`${(() => 1).constructor('return Deno')()}`",
    ),
    expression(
      "assignment",
      "Assigns to a column's prototype.",
      "d.__proto__.n = 1",
    ),
    expression("proto", "Reads a prototype.", "d.__proto__"),
    expression("loop", "Loops for ever.", "(() => { for (;;); })()"),
    expression(
      "statement",
      "Closes the expression and goes on.",
      "1); Deno.exit(",
    ),
    expression("comment", "Hides the rest in a comment.", "1 /*"),
    expression("sequence", "Does one thing after another.", "(1, globalThis)"),
    expression("new", "Constructs something.", "new Worker('data:,')"),
    expression(
      "tagged",
      "Calls by a tagged template.",
      "op.abs.constructor`return Deno```",
    ),
    expression(
      "long_string",
      "Makes a string that is too long.",
      "op.repeat('x', 1e10)",
    ),
  ],
};

const text = (
  name: string,
  tries: string,
  manifest: string,
  outcome: Outcome,
): Attempt => ({
  name,
  tries,
  manifest: () => manifest,
  ...same(outcome),
});

const STEP =
  `steps: [{ id: attempt, driver: filesystem.csv_extractor, config: { path: `;

/** Manifests that do more than say. */
export const manifests: Threat = {
  title: "act by a manifest's text",
  remote: "as here: it is read on your machine",
  attempts: [
    text(
      "yaml_function",
      "Makes a function by a tag of YAML.",
      `version: "1.0.0"\n${STEP}!!js/function "function () { return Deno }" } }]\n`,
      "manifest/unreadable",
    ),
    text(
      "yaml_python",
      "Makes an object by a tag of YAML.",
      `version: "1.0.0"\n${STEP}!!python/object/apply:os.system ["id"] } }]\n`,
      "manifest/unreadable",
    ),
    text(
      "yaml_laughs",
      "Swells by aliases of aliases.",
      [
        "a: &a [x, x, x, x, x, x, x, x, x, x]",
        ..."bcdefghij".split("").map((name, at) => {
          const one = `*${"abcdefghij"[at]}`;
          return `${name}: &${name} [${Array(10).fill(one).join(", ")}]`;
        }),
        "steps: *j",
        "",
      ].join("\n"),
      "manifest/unreadable",
    ),
    text(
      "yaml_prototype",
      "Names a key after a prototype.",
      `version: "1.0.0"\n__proto__: { polluted: 1 }\n${STEP}rows.csv } }]\n`,
      "manifest/invalid",
    ),
    text(
      "yaml_circle",
      "Leads back to itself.",
      'version: "1.0.0"\nsteps: &s [*s]\n',
      "manifest/unreadable",
    ),
    text(
      "path_of_null",
      "Cuts a path by a null character.",
      `version: "1.0.0"\n${STEP}"rows.csv\\0.txt" } }]\n`,
      "config/invalid",
    ),
    text(
      "step_of_prototype",
      "Names a step after a prototype.",
      `version: "1.0.0"\nsteps: [{ id: __proto__, driver: constructor }]\n`,
      "driver/unknown",
    ),
  ],
};
