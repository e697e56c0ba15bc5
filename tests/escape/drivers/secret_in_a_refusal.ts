// Has the host refuse a header, in the hope that it says what it put in there.
import { attempt, hidden, NOTHING } from "./kit/attempt.ts";

const driver = attempt(
  async ({ host, port, mark }, context, { connection }) => {
    const { password } = connection as { password: string };
    // In place of the class that would refuse it here.
    hidden.Request = class {
      url = `http://${host}:${port}/`;
      method = "GET";
      headers = [["authorization", `${password}\nx`]];
      body = null;
      signal = context.signal;
    };
    const { message, cause } = await context.fetch("").then(
      () => new Error("sent"),
      (error: Error) => error,
    );
    const backwards = `${message} ${cause}`.split("").reverse().join("");
    return backwards.includes(mark) ? backwards : NOTHING;
  },
);

/** Holds a placeholder where its connection has a password. */
export default {
  ...driver,
  spec: {
    ...driver.spec,
    config: {
      type: "object",
      additionalProperties: false,
      properties: {
        bait: { type: "object", description: "Bait." },
        connection: { type: "string", description: "Where." },
      },
    },
    connection: {
      family: "escape",
      required: true,
      fields: {
        type: "object",
        additionalProperties: false,
        properties: { password: { type: "string", description: "Secret." } },
      },
      secrets: ["password"],
    },
    capabilities: { brokeredSecrets: ["password"] },
  },
};
