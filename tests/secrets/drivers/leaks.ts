// Says its connection and config wherever it can, in every form; fails if told so, saying them once more.
import { Buffer } from "node:buffer";
import process from "node:process";
import {
  columnBuilder,
  defineDriver,
  OsirisError,
  type StepContext,
  types,
} from "../../../driver.ts";

/** The forms in which a secret may turn up. */
function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString("base64");
  return [
    secret,
    `a ${secret} b`,
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll("%20", "+")
      .replace(/%../g, (code) => code.toLowerCase()),
    JSON.stringify(secret),
    JSON.stringify(JSON.stringify({ secret })),
    base64,
    Buffer.from(`user:${secret}`).toString("base64url"),
    Buffer.from(secret).toString("hex"),
  ];
}

function say(secret: string, context: StepContext): void {
  for (const text of formsOf(secret)) {
    context.log("warn", text);
    context.emit("leaked", { text, list: [{ [text]: text }] });
    // deno-lint-ignore no-console
    console.error(text, { text });
    process.stderr.write(text);
  }
  context.measure("leaked", 1, secret.slice(0, 32));
}

function fail(secret: string): never {
  const text = formsOf(secret).join(" ");
  throw new OsirisError("connection/refused", `Cannot connect: ${text}`, {
    hint: text,
    details: { text, [secret]: secret },
    faults: [
      { path: secret, message: text, hint: text },
      { path: "b", message: text },
    ],
    cause: new Error(text),
  });
}

const text = (description: string) => ({ type: "string", description });

export default defineDriver<
  { fails: boolean; keeps?: "state" | "mark"; api_token: string }
>({
  spec: {
    name: "leaky.extractor",
    version: "1.0.0",
    summary: "Says its secrets.",
    mode: "extract",
    config: {
      type: "object",
      additionalProperties: false,
      properties: {
        fails: { type: "boolean", default: false, description: "Fails." },
        keeps: text("How it keeps a secret on disk."),
        api_token: text("A secret by its name."),
      },
    },
    connection: {
      family: "leaky",
      required: true,
      secrets: ["ticket"],
      fields: {
        type: "object",
        additionalProperties: false,
        properties: {
          password: text("A secret by its name."),
          ticket: text("A secret by the spec's word."),
          url: text("A URL with a password."),
        },
      },
    },
    inputs: { min: 0, max: 0 },
    output: true,
  },
  async *run({ config, connection }, context) {
    const { password, ticket, url } = connection as Record<string, string>;
    const inUrl = decodeURIComponent(new URL(url).password);
    const secrets = [password, ticket, inUrl, config.api_token];
    for (const secret of secrets) say(secret, context);
    if (config.keeps === "state") {
      context.saveState({ at: [formsOf(ticket)[7]] });
    }
    if (config.keeps === "mark") await context.beforeCommit(ticket);
    if (config.fails) fail(secrets.join("\n"));
    const builder = columnBuilder(types.utf8);
    builder.appendValue("row");
    yield {
      schema: { fields: [{ name: "a", type: types.utf8, nullable: true }] },
      length: 1,
      columns: [builder.finish()],
    };
  },
});
