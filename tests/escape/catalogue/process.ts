/** Attempts on the process, its streams and other steps. @module */
import { all, type Threat } from "../attempt.ts";
import { SAVE } from "../manifest.ts";

/** Acting on the process as a whole. */
export const processes: Threat = {
  title: "end, change or take over the process",
  remote: "its own process, elsewhere",
  attempts: [
    ...all(
      "driver/permission",
      "kill_self",
      "kill_parent",
      "node_kill_self",
      "node_abort",
      "named_kill",
      "deno_exit",
      "node_exit",
      "named_exit",
      "close_worker",
      "change_folder",
      "node_change_folder",
      "named_chdir",
      "deno_umask",
      "node_umask",
      "named_umask",
      "set_user",
      "set_priority",
      "swallow_signals",
      "node_swallow_signals",
      "engine_flags",
      "engine_natives",
      "engine_writes",
    ),
    ...all("step/failed", "cron"),
    ...all(
      "harmless",
      "exit_code",
      "process_title",
      "wrong_clock",
      "unref_timer",
      "timers_of_past",
    ),
  ],
};

/** Reading and writing what the host reads and writes. */
export const streams: Threat = {
  title: "read standard input, forge standard output",
  remote: "its own streams, elsewhere",
  attempts: [
    ...all("driver/permission", "tty_of_number", "raw_debug"),
    {
      name: "read_terminal",
      worker: "step/failed",
      process: "driver/permission",
    },
    ...all(
      "step/failed",
      "forge_by_stdout",
      "forge_by_number",
      "read_stdin",
    ),
    ...all("driver/crashed", "report_error"),
    ...all(
      "harmless",
      "forge_by_console",
      "forge_by_process",
      "stream_of_number",
      "node_read_stdin",
      "process_warning",
    ),
  ],
};

/** Reaching other steps past their tables. */
export const otherSteps: Threat = {
  title: "reach another step's secrets or sockets",
  remote: "no other step is there",
  attempts: [
    ...all(
      "driver/permission",
      "node_broadcast",
      "handle_of_number",
      "heap_search",
    ),
    ...all(
      "step/failed",
      "broadcast",
      "session_storage",
      "shared_locks",
      "datagram_of_number",
    ),
    ...all(
      "harmless",
      "socket_of_number",
      "file_of_number",
      "environment_data",
      "object_urls",
    ),
    {
      name: "secret_in_a_refusal",
      steps: (bait) => [{
        id: "attempt",
        driver: new URL("../drivers/secret_in_a_refusal.ts", import.meta.url)
          .href,
        config: { bait, connection: "@escape.other" },
        permissions: { net: [`${bait.host}:${bait.port}`] },
      }, SAVE],
      worker: "driver/protocol",
      process: "driver/protocol",
    },
  ],
};
