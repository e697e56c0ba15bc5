/**
 * Node's modules as drivers see them. Some of their ways lead past
 * permissions: a number for a file or socket that another thread has open,
 * more threads, and the process itself.
 *
 * @module
 */
import { quietStream } from "./quiet_stream.ts";
import { close, deny, put } from "./take_away.ts";

interface NodeProcess {
  readonly argv: string[];
  readonly execArgv: string[];
  getBuiltinModule(name: string): Record<string, unknown>;
  binding(name: string): Record<string, { prototype: object }>;
}

/** Methods of `process` that act on the process. */
const PROCESS = [
  "kill",
  "_kill",
  "abort",
  "exit",
  "reallyExit",
  "chdir",
  "dlopen",
  "binding",
  "setgid",
  "setuid",
  "setegid",
  "seteuid",
  "setgroups",
  "initgroups",
  "loadEnvFile",
  "openStdin",
  "_rawDebug",
  "_debugProcess",
  "_eval",
];

/**
 * Confines Node's modules. A module's named exports are made when it is first
 * imported, of the object that is changed here; where code holds them all the
 * same, it is what they come down to that is taken away.
 *
 * @param say Gets what the driver writes to its standard streams.
 */
export function confineNode(say: (level: string, line: string) => void): void {
  const process = (globalThis as unknown as { process?: NodeProcess }).process;
  if (!process) return;
  closeStandardStreams(process);
  closeHandles(process);
  closeThreads(process);
  deny(process, PROCESS, "process");
  // In place: whoever has taken the arrays must find them empty too.
  process.argv.splice(1);
  process.execArgv.splice(0);
  put(process, "stdin", quietStream(() => {}));
  put(process, "stdout", quietStream((line) => say("info", line)));
  put(process, "stderr", quietStream((line) => say("warn", line)));
}

/** Closes them for this thread only: the host goes on using its own. */
function closeStandardStreams(process: NodeProcess): void {
  const { closeSync } = process.getBuiltinModule("node:fs") as {
    closeSync(fd: number): void;
  };
  for (const fd of [0, 1, 2]) {
    try {
      closeSync(fd);
    } catch {
      // closed already
    }
  }
}

/**
 * Numbers of open files are valid in the whole process: `new Socket({ fd })`
 * would take over the database connection of another step.
 */
function closeHandles(process: NodeProcess): void {
  const { TCP } = process.binding("tcp_wrap");
  const { Pipe } = process.binding("pipe_wrap");
  const { UDP } = process.binding("udp_wrap");
  const { TTY } = process.binding("tty_wrap");
  deny(TCP.prototype, ["open", "openFromRid"], "net.Socket of a number");
  deny(Pipe.prototype, ["open"], "net.Socket of a number");
  deny(UDP.prototype, ["open"], "dgram.Socket of a number");
  deny(TTY.prototype, [
    "readStart",
    "setRawMode",
    "writeBuffer",
    "writev",
    "writeUtf8String",
    "writeAsciiString",
    "writeLatin1String",
    "writeUcs2String",
  ], "tty");
}

function closeThreads(process: NodeProcess): void {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  close(Worker as object, "node:worker_threads.Worker");
}
