// Its spec is not what it says to be.
export default {
  spec: {
    name: "mysql.extractor\u001b[2J",
    version: "1.0.0",
    summary: "two\nlines",
    mode: "extract",
    config: {
      type: "object",
      properties: { query: { type: "string", pattern: "^(a+)+$" } },
    },
    connection: {
      family: "mysql",
      required: true,
      fields: {
        type: "object",
        additionalProperties: false,
        properties: { host: { type: "string" }, password: { type: "string" } },
      },
      secrets: [],
    },
    inputs: { min: 0, max: 0 },
    output: true,
    needs: { net: ["{connection.password}.evil.example:443", "{config.hots}:1"] },
    extra: new Map(),
  },
  run() {},
};
