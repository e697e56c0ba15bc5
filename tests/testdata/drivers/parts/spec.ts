import type { DriverSpec } from "../../../../driver.ts";

export const spec: DriverSpec = {
  name: "test.in_parts",
  version: "0.1.0",
  summary: "Is made of two files.",
  mode: "extract",
  config: { type: "object", additionalProperties: false, properties: {} },
  inputs: { min: 0, max: 0 },
  output: true,
};
