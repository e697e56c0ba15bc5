/**
 * The `Deno` namespace as drivers see it: what permissions guard, and nothing
 * that acts on the process or reaches the engine.
 *
 * A list of what stays, since what a later Deno adds must not be open by itself.
 *
 * @module
 */
import { denied } from "./take_away.ts";

const KEPT = [
  // facts
  "build",
  "version",
  "errors",
  "inspect",
  "noColor",
  "memoryUsage",
  "pid",
  "ppid",
  "cwd",
  "env",
  "permissions",
  "Permissions",
  "PermissionStatus",
  "refTimer",
  "unrefTimer",
  // files: each call is checked
  "FsFile",
  "SeekMode",
  "open",
  "openSync",
  "create",
  "createSync",
  "readFile",
  "readFileSync",
  "readTextFile",
  "readTextFileSync",
  "writeFile",
  "writeFileSync",
  "writeTextFile",
  "writeTextFileSync",
  "readDir",
  "readDirSync",
  "readLink",
  "readLinkSync",
  "realPath",
  "realPathSync",
  "stat",
  "statSync",
  "lstat",
  "lstatSync",
  "mkdir",
  "mkdirSync",
  "makeTempDir",
  "makeTempDirSync",
  "makeTempFile",
  "makeTempFileSync",
  "copyFile",
  "copyFileSync",
  "rename",
  "renameSync",
  "remove",
  "removeSync",
  "truncate",
  "truncateSync",
  "chmod",
  "chmodSync",
  "utime",
  "utimeSync",
  // network: each call is checked
  "connect",
  "connectTls",
  "startTls",
  "resolveDns",
  "createHttpClient",
  "HttpClient",
];

/** Functions and classes that are only made when they are asked for. */
const LATE: ReadonlySet<string> = new Set([
  "Command",
  "ChildProcess",
  "kill",
  "serve",
  "spawn",
  "spawnAndWait",
  "spawnAndWaitSync",
  "upgradeWebSocket",
]);

/**
 * `Deno.connect` for what needs no flag of Deno: to ask for a transport that
 * needs one ends the whole process, and no handler runs.
 */
function connectSafely(): typeof Deno.connect {
  const { connect } = Deno;
  const refuse = denied("Deno.connect by another transport");
  const safely = async (options: Deno.ConnectOptions): Promise<Deno.Conn> => {
    // Read once, and by no method: a driver can change what either says.
    const transport = options.transport ?? "tcp";
    return transport === "tcp" || transport === "unix"
      ? await connect({ ...options, transport })
      : refuse();
  };
  return safely as typeof Deno.connect;
}

/** What Node's `process` is made of, when the first of Node's modules is loaded: for code of ours that is later. */
const FOR_NODE = "execPath";

/** Puts a namespace of what is kept in place of `Deno`. Functions that are not throw. */
export function confineDeno(isForeign: boolean): void {
  const whole = Deno as unknown as Record<string, unknown>;
  const confined: Record<string, unknown> = {};
  for (const name of Object.getOwnPropertyNames(whole)) {
    const descriptor = Object.getOwnPropertyDescriptor(whole, name)!;
    if (KEPT.includes(name) || (!isForeign && name === FOR_NODE)) {
      Object.defineProperty(confined, name, descriptor);
    } else if (typeof descriptor.value === "function" || LATE.has(name)) {
      confined[name] = denied(`Deno.${name}`);
    }
  }
  confined.args = Object.freeze([]);
  confined.connect = connectSafely();
  Object.defineProperty(globalThis, "Deno", {
    value: Object.freeze(confined),
    writable: false,
    configurable: false,
    enumerable: false,
  });
}
