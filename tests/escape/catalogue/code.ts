/** Attempts to get code in, and on the machine. @module */
import { all, type Threat } from "../attempt.ts";

/** Code that comes from elsewhere, or runs with more than its step has. */
export const code: Threat = {
  title: "run code that has more than it has",
  remote: "as here",
  attempts: [
    ...all(
      "driver/permission",
      "import_data",
      "import_blob",
      "import_data_static",
      "import_http",
      "evaluate",
      "other_realm",
      "load_library",
      "node_load_library",
      "node_require_addon",
      "sqlite_extension",
      "run_command",
      "node_exec",
      "node_fork",
      "node_cluster",
      "module_hooks",
      "process_binding",
      "node_internals",
      "inspect_process",
      "inspector_session",
    ),
    ...all("step/failed", "import_jsr"),
    ...all("harmless", "web_assembly", "core_operations", "builtin_internals"),
    { name: "import_npm", worker: "open", process: "step/failed" },
  ],
};

/** What a step may learn of the machine and its user. */
export const machine: Threat = {
  title: "learn of the machine, or ask its user",
  remote: "of the other machine",
  attempts: [
    ...all("driver/permission", "host_name", "node_os", "process_report_reads"),
    ...all("step/failed", "prompt_user", "graphics_memory"),
    ...all("harmless", "start_arguments", "ask_permission"),
  ],
};
