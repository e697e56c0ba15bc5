import assert from "node:assert/strict";
import type { DriverRegistry } from "../../src/driver/registry.ts";
import type { DriverSpec } from "../../src/driver/spec.ts";
import { loadManifest } from "../../src/manifest/load.ts";
import { buildPlan } from "../../src/plan/build.ts";
import {
  addGrants,
  requireGrants,
  type StepGrants,
} from "../../src/plan/grants.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { faultsOf, refusal } from "../kit/faults.ts";
import { tempDir } from "../kit/temp.ts";

const text = { type: "string", description: "Text." };

/** A spec of the user's that asks for `more`. */
function asking(more: Partial<DriverSpec>): DriverSpec {
  return {
    name: "my.driver",
    version: "1.0.0",
    summary: "Asks.",
    mode: "extract",
    config: {
      type: "object",
      additionalProperties: false,
      properties: {
        path: text,
        url: text,
        cache: { ...text, default: "/etc/ssl" },
      },
    },
    connection: {
      family: "api",
      required: false,
      fields: {
        type: "object",
        additionalProperties: false,
        properties: {
          host: text,
          port: { type: "integer", default: 8080 },
          password: text,
          ca_file: text,
        },
      },
      secrets: ["password"],
    },
    inputs: { min: 0, max: 0 },
    output: true,
    ...more,
  };
}

interface Asked {
  readonly spec: Partial<DriverSpec>;
  readonly config?: Record<string, unknown>;
  readonly permissions?: Record<string, string[]>;
  readonly grants?: StepGrants;
  readonly connections?: string;
}

const CONNECTIONS = "connections: { api: " +
  "{ full: { host: api.example, port: 443, password: hunter22, ca_file: certs/ca.pem }, " +
  "default: { host: api.example, password: hunter22 } } }";

async function planOf(asked: Asked): Promise<Plan> {
  await using dir = await tempDir();
  await dir.write("osiris_connections.yaml", asked.connections ?? CONNECTIONS);
  await dir.write("in/a.txt", "a");
  const drivers: DriverRegistry = new Map([["./my.ts", {
    spec: asking(asked.spec),
    origin: { kind: "module", url: "blob:null/x", files: ["/my.ts"] },
  }]]);
  const { config = {}, permissions = {} } = asked;
  const steps = [{ id: "a", driver: "./my.ts", config, permissions }];
  const manifest = await loadManifest({ steps }, { cwd: dir.path, drivers });
  const granted = addGrants(manifest, asked.grants ?? {});
  const plan = await buildPlan(granted, { drivers, cwd: dir.path });
  requireGrants(plan);
  return plan;
}

const passes: readonly (readonly [string, Asked])[] = [
  ["its own module", { spec: {} }],
  ["host and port of its connection", {
    spec: { needs: { net: ["{connection.host}:{connection.port}"] } },
    config: { connection: "@api.full" },
  }],
  ["a URL of its config", {
    spec: { needs: { net: ["{config.url}"] } },
    config: { url: "https://api.example/v1" },
  }],
  ["a path of its config, and what lies below it", {
    spec: { needs: { read: ["{config.path}"], write: ["{config.path}/sub"] } },
    config: { path: "in" },
  }],
  ["a file of its connection", {
    spec: { needs: { read: ["{connection.ca_file}"] } },
    config: { connection: "@api.full" },
  }],
  ["a file that the host opens for it", {
    spec: { files: { source: { mode: "read", path: "{config.path}" } } },
    config: { path: "in/a.txt" },
  }],
];
for (const [what, asked] of passes) {
  Deno.test(`a driver of the user's gets ${what} without a grant`, async () => {
    await planOf(asked);
  });
}

const refused: readonly (readonly [string, Asked, string, string[]])[] = [
  [
    "a host of its own choice",
    {
      spec: { needs: { net: ["evil.example:443"] } },
    },
    "net",
    ["evil.example:443"],
  ],
  [
    "a fallback for what its connection leaves out",
    {
      spec: { needs: { net: ["{connection.name|evil.example}:443"] } },
      config: { connection: "@api.full" },
    },
    "net",
    ["evil.example:443"],
  ],
  [
    "a default port of its own schema",
    {
      spec: { needs: { net: ["{connection.host}:{connection.port}"] } },
      config: { connection: "@api.default" },
    },
    "net",
    ["api.example:8080"],
  ],
  [
    "a host that only begins with its connection's",
    {
      spec: { needs: { net: ["{connection.host}.evil.example:443"] } },
      config: { connection: "@api.full" },
    },
    "net",
    ["api.example.evil.example:443"],
  ],
  [
    "a word of its config as a host",
    {
      spec: { needs: { net: ["{config.path}:443"] } },
      config: { path: "orders" },
    },
    "net",
    ["orders:443"],
  ],
  [
    "a path of its own choice",
    {
      spec: { needs: { read: ["/etc/hostname"] } },
    },
    "read",
    ["/etc/hostname"],
  ],
  [
    "a default path of its own schema",
    {
      spec: { needs: { write: ["{config.cache}"] } },
    },
    "write",
    ["/etc/ssl"],
  ],
  [
    "a path beside one of its config",
    {
      spec: {
        needs: { read: ["{config.path}/../../../../../../../../etc/hostname"] },
      },
      config: { path: "in" },
    },
    "read",
    ["/etc/hostname"],
  ],
  [
    "a folder that holds the working directory",
    {
      spec: { needs: { read: ["{config.path}"] } },
      config: { path: "/" },
    },
    "read",
    ["/"],
  ],
  [
    "a file of its own choice that the host would open",
    {
      spec: { files: { source: { mode: "read", path: "/etc/hostname" } } },
    },
    "read",
    ["/etc/hostname"],
  ],
  [
    "a folder of its own choice for a file",
    {
      spec: {
        files: {
          source: { mode: "read", path: "{config.path}", base: "/etc" },
        },
      },
      config: { path: "hostname" },
    },
    "read",
    ["/etc/hostname"],
  ],
];
for (const [what, asked, kind, items] of refused) {
  Deno.test(`a driver of the user's does not get ${what} unless it is granted`, async () => {
    const error = await refusal(() => planOf(asked));
    assert.equal(error.code, "permission/not-granted", error.message);
    const yaml = `permissions: { ${kind}: ${JSON.stringify(items)} }`;
    assert.equal(error.hint, `Add to step "a": ${yaml}`);
    await planOf({ ...asked, permissions: { [kind]: items } });
    await planOf({ ...asked, grants: { a: { [kind]: items } } });
  });
}

Deno.test("all that is not granted is told at once, with one YAML for a step", async () => {
  const asked: Asked = {
    spec: { needs: { net: ["a:1", "b:2"], read: ["/etc/hostname"] } },
    permissions: { net: ["b:2"] },
  };
  assert.deepEqual(await faultsOf(() => planOf(asked)), [
    "permission/not-granted",
    'steps[0].permissions: driver "./my.ts" asks to reach a:1',
    'steps[0].permissions: driver "./my.ts" asks to read /etc/hostname',
  ]);
  const { faults } = await refusal(() => planOf(asked));
  assert.equal(
    faults![0].hint,
    'Add to step "a": permissions: { net: ["b:2","a:1"], read: ["/etc/hostname"] }',
  );
});

Deno.test("a driver of the user's gets no connection that its step does not name", async () => {
  const { connection } = asking({});
  const asked = { spec: { connection: { ...connection!, required: true } } };
  const error = await refusal(() => planOf(asked));
  assert.equal(error.code, "permission/not-granted");
  assert.equal(error.hint, 'Name it: connection: "@api.default"');
});

Deno.test("a secret in a permission is refused without showing it", async () => {
  const connections =
    "connections: { api: { full: { host: hunter22.example, port: 1, password: hunter22 } } }";
  const error = await refusal(() =>
    planOf({
      connections,
      spec: { needs: { net: ["{connection.host}:{connection.port}"] } },
      config: { connection: "@api.full" },
    })
  );
  assert.equal(error.code, "driver/invalid");
  assert.doesNotMatch(JSON.stringify(error) + error.message, /hunter22/);
});

Deno.test("addGrants() refuses a step that isn't there", async () => {
  const error = await refusal(() =>
    planOf({ spec: {}, grants: { aa: { net: ["x:1"] } } })
  );
  assert.equal(error.code, "usage/invalid");
  assert.match(error.hint!, /"a"/);
});
