/** Attempts on what driver and host say to each other. @module */
import { all, type Threat } from "../attempt.ts";

/** Saying what only the host may say. */
export const forgery: Threat = {
  title: "forge events, results or tables",
  remote: "as here",
  attempts: [
    ...all(
      "driver/protocol",
      "start_itself_again",
      "patch_ports",
      "forge_event",
      "forge_metric",
      "forge_step",
      "name_with_newline",
      "progress_backwards",
      "account_for_all",
    ),
    ...all("driver/permission", "say_done"),
    ...all("data/count-mismatch", "lie_about_counts"),
    ...all(
      "harmless",
      "say_done_by_prototype",
      "node_parent_port",
      "hear_for_boot_code",
      "log_with_newline",
      "log_with_escapes",
    ),
    {
      name: "message_of_shared_memory",
      worker: "harmless",
      process: "driver/protocol",
    },
  ],
};

/** Changing what the host's own code rests on. */
export const pollution: Threat = {
  title: "change what the host's code rests on",
  remote: "as here",
  attempts: [
    ...all("step/failed", "patch_builtins"),
    ...all(
      "harmless",
      "pollute_prototype",
      "pollute_by_event",
      "pollute_by_state",
      "swallow_the_end",
    ),
  ],
};

/** Failing in ways that are hard to tell. */
export const failures: Threat = {
  title: "fail so that it is not told, or told of another",
  remote: "as here",
  attempts: [
    ...all(
      "step/failed",
      "fail_with_escapes",
      "fail_for_another",
      "fail_as_host",
      "fail_with_nothing",
      "fail_at_length",
      "fail_in_depth",
      "stack_trace_trap",
    ),
    ...all("driver/crashed", "fail_with_trap", "reject_unheard", "throw_later"),
  ],
};

const spec = (more: string): string =>
  `{ name: "escape.spec", version: "1.0.0", summary: "x", mode: "extract",
    config: { type: "object", additionalProperties: false, properties: {} },
    inputs: { min: 0, max: 0 }, output: true, ${more} }`;

const driver = (more: string, before = ""): string =>
  `${before}\nexport default { spec: ${spec(more)}, async *run() {} };\n`;

/** Acting before anything was granted. */
export const specs: Threat = {
  title: "act while its spec is read, or ask in secret",
  remote: "as here: it is read on your machine",
  attempts: [
    {
      name: "import_file_statically",
      tries: "Names a file among its static imports.",
      source: ({ secret }) =>
        driver(
          "",
          `import text from "file://${secret}" with { type: "text" };`,
        ),
      worker: "driver/permission",
      process: "driver/permission",
    },
    {
      name: "import_http_statically",
      tries: "Names a server among its static imports.",
      source: ({ host, port }) =>
        driver("", `import "http://${host}:${port}/code.js";`),
      worker: "driver/permission",
      process: "driver/permission",
    },
    {
      name: "act_on_load",
      tries: "Reads a file while its spec is read.",
      source: ({ secret }) => driver("", `Deno.readTextFileSync("${secret}");`),
      worker: "driver/permission",
      process: "driver/permission",
    },
    {
      name: "ask_for_file",
      tries: "Has its spec name a file that the manifest does not.",
      source: ({ secret }) =>
        driver(`files: { f: { mode: "read", path: "${secret}" } }`),
      worker: "permission/not-granted",
      process: "permission/not-granted",
    },
    {
      name: "ask_for_host",
      tries: "Has its spec name a host that the manifest does not.",
      source: ({ host, port }) => driver(`needs: { net: ["${host}:${port}"] }`),
      worker: "permission/not-granted",
      process: "permission/not-granted",
    },
    {
      name: "ask_for_the_lock",
      tries: "Is granted the folder in which its lock and the connections lie.",
      source: () => driver(""),
      permissions: () => ({ write: ["."] }),
      worker: "permission/not-granted",
      process: "permission/not-granted",
    },
    {
      name: "spec_with_getters",
      tries: "Gives another spec at each look.",
      source: () => driver(`get summary2() { return "x"; }`),
      worker: "driver/invalid",
      process: "driver/invalid",
    },
    {
      name: "spec_with_slow_pattern",
      tries: "Has the host match a pattern that takes for ever.",
      source: () =>
        driver("").replace(
          "properties: {}",
          `properties: { a: { type: "string", description: "x", pattern: "^(a+)+$" } }`,
        ),
      worker: "driver/invalid",
      process: "driver/invalid",
    },
    {
      name: "spec_that_fills_heap",
      tries: "Fills the heap while its spec is read.",
      source: () =>
        driver(
          "",
          "const a = []; for (;;) a.push(new Array(1e5).fill(a.length));",
        ),
      worker: "dies",
      process: "driver/memory",
      isAlone: true,
    },
    {
      name: "spec_of_builtin",
      tries: "Calls itself as a built-in driver is called.",
      source: () => driver("").replace("escape.spec", "mysql.writer"),
      worker: "driver/invalid",
      process: "driver/invalid",
    },
  ],
};
