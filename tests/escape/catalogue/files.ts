/** Attempts on files. @module */
import { all, type Attempt, type Threat } from "../attempt.ts";

const FROM_HOME = "the other machine has none of yours";

/** Reading what the step was not granted. */
export const files: Threat = {
  title: "read a file that it was not given",
  remote: FROM_HOME,
  attempts: [
    ...all(
      "driver/permission",
      "read_text_file",
      "read_text_file_sync",
      "open_file",
      "node_read_file_sync",
      "node_read_file",
      "node_read_stream",
      "node_open_as_blob",
      "require_file",
      "import_json",
      "import_text",
      "fetch_file",
      "worker_thread_reads",
      "sqlite_reads",
      "proc_environ",
      "proc_cmdline",
      "proc_memory",
      "proc_root",
      "list_folder",
      "stat_file",
      "real_path",
      "watch_folder",
      "watch_file",
      "read_passwd",
      "read_connections_file",
      "read_dotenv",
      "read_run_folder",
      "read_own_runtime",
      "disk_space",
      "node_glob",
      "proc_fd",
    ),
    ...all(
      "driver/permission",
      "exists_file",
      "require_resolve",
    ),
    ...all("step/failed", "worker_reads", "wasi_folder"),
    ...all("harmless", "fd_reads"),
  ],
};

const granted: Pick<Attempt, "permissions"> = {
  permissions: ({ folder }) => ({ read: [folder], write: [folder] }),
};

/** Leaving a folder that the step was granted. */
export const grantedFolders: Threat = {
  title: "leave a folder that it was granted",
  remote: FROM_HOME,
  attempts: [
    ...all(
      "driver/permission",
      "make_symlink",
      "make_hard_link",
      "dot_dot",
      "dot_dot_encoded",
      "folder_prefix",
      "copy_in",
      "rename_in",
      "write_and_import",
    ),
    ...all("open", "follow_symlink"),
  ].map((attempt) => ({ ...attempt, ...granted })),
};

/** Leaving something behind. */
export const writing: Threat = {
  title: "write, change or remove a file",
  remote: FROM_HOME,
  attempts: [
    ...all(
      "driver/permission",
      "write_file",
      "node_write_file",
      "node_append_file",
      "remove_file",
      "truncate_file",
      "chmod_file",
      "make_temp_file",
      "make_folder",
      "heap_snapshot",
      "node_copy",
      "sqlite_backs_up",
    ),
    ...all(
      "step/failed",
      "sqlite_attaches",
      "sqlite_vacuums",
      "cache_storage",
      "local_storage",
      "open_kv",
    ),
    ...all("harmless", "process_report"),
  ],
};
