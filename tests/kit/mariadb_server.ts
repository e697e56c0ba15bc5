/**
 * Starts a private MariaDB: free port, own data folder, real users with passwords.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { certificatesFor } from "./certs.ts";
import { commandOk } from "./command.ts";
import { canInstallDebian, findProgram, installDebian } from "./install.ts";
import { queryMariadb } from "./mariadb_client.ts";
import { freePort } from "./port.ts";
import {
  AWKWARD_PASSWORD,
  type ServerControl,
  type ServerInfo,
  type ServerOptions,
} from "./server.ts";
import { makeServerFolder, ServerProcess } from "./server_process.ts";
import { mountAt } from "./tmpfs.ts";
import { runFolder } from "./watchdog.ts";

const FOLDERS = [
  "/usr/sbin",
  "/usr/bin",
  "/usr/local/sbin",
  "/usr/local/bin",
  "/opt/homebrew/bin",
];
const ADMIN_PASSWORD = "kit admin";
/** Small, since dozens of servers are started and removed; a benchmark raises it by `args`. */
const REDO_LOG = "--innodb-log-file-size=16M";

const literal = (text: string): string =>
  `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

/** Without SUPER and READ_ONLY ADMIN, so that a read-only server is one for this user. */
const USERS = `
FLUSH PRIVILEGES;
ALTER USER root@localhost IDENTIFIED BY ${literal(ADMIN_PASSWORD)};
CREATE USER admin@'%' IDENTIFIED BY ${literal(ADMIN_PASSWORD)};
GRANT ALL PRIVILEGES ON *.* TO admin@'%' WITH GRANT OPTION;
CREATE USER osiris@'%' IDENTIFIED BY ${literal(AWKWARD_PASSWORD)};
GRANT ALL PRIVILEGES ON \`%\`.* TO osiris@'%';
`;

/** Starts a server; see `startMariadb` for what it offers. */
export async function startLocalMariadb(
  options: ServerOptions,
  name?: string,
): Promise<ServerControl> {
  const program = await mariadbd();
  const folder = await makeServerFolder("mariadb", name);
  const datadir = join(folder, "data");
  await Deno.mkdir(datadir);
  if (options.diskMebibytes !== undefined) {
    await mountAt(datadir, options.diskMebibytes);
  }
  await commandOk("cp", ["-Rp", `${await template(program)}/.`, datadir]);
  const certificates = await certificatesFor(options.tls, folder);
  const info: Omit<ServerInfo, "pid"> = {
    host: "127.0.0.1",
    port: freePort(),
    socket: join(folder, "mysqld.sock"),
    user: "osiris",
    password: AWKWARD_PASSWORD,
    adminUser: "admin",
    adminPassword: ADMIN_PASSWORD,
    folder,
    datadir,
    ...(certificates && { tls: { ca: certificates.ca } }),
  };
  const tls = certificates &&
    [
      `--ssl-ca=${certificates.caFile}`,
      `--ssl-cert=${certificates.certFile}`,
      `--ssl-key=${certificates.keyFile}`,
    ];
  const server = new ServerProcess({
    program,
    args: [
      ...serverArgs(info, options.durable === true),
      ...tls ?? [],
      ...options.args ?? [],
    ],
    shutdown: "SIGTERM",
    abandon: "SIGKILL",
    probe: () =>
      queryMariadb({
        ...info,
        user: info.adminUser,
        password: info.adminPassword,
      }, "SELECT 1"),
    passing: /Address already in use/,
  }, info);
  await server.start();
  return server;
}

function serverArgs(
  info: Omit<ServerInfo, "pid">,
  isDurable: boolean,
): string[] {
  return [
    "--no-defaults",
    ...Deno.uid() === 0 ? ["--user=root"] : [],
    `--datadir=${info.datadir}`,
    `--tmpdir=${info.datadir}`,
    `--socket=${info.socket}`,
    `--pid-file=${join(info.folder, "pid")}`,
    `--port=${info.port}`,
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--innodb-buffer-pool-size=64M",
    "--innodb-buffer-pool-load-at-startup=0",
    "--innodb-buffer-pool-dump-at-shutdown=0",
    REDO_LOG,
    // 2 writes at each commit but doesn't wait for the disk: a commit survives SIGKILL.
    `--innodb-flush-log-at-trx-commit=${isDurable ? 1 : 2}`,
    ...isDurable
      ? []
      : ["--innodb-flush-method=nosync", "--skip-innodb-doublewrite"],
  ];
}

// Initialising takes most of a start, so it is done once a process and then copied.
let made: Promise<string> | undefined;

function template(program: string): Promise<string> {
  made ??= makeTemplate(program);
  return made;
}

async function makeTemplate(program: string): Promise<string> {
  const folder = join((await runFolder()).path, "mariadb-template");
  await Deno.mkdir(folder);
  const users = join(dirname(folder), "mariadb-users.sql");
  await Deno.writeTextFile(users, USERS);
  const installer = await findProgram("mariadb-install-db", [
    ...FOLDERS,
    dirname(program),
  ]);
  if (installer === undefined) throw new Error(MISSING);
  await commandOk(installer, [
    ...[
      "--no-defaults",
      `--datadir=${folder}`,
      `--extra-file=${users}`,
      "--auth-root-authentication-method=normal",
    ],
    ...[
      "--skip-test-db",
      "--skip-name-resolve",
      REDO_LOG,
      "--innodb-flush-method=nosync",
    ],
    ...Deno.uid() === 0 ? ["--user=root"] : [],
  ]);
  return folder;
}

const MISSING =
  "Cannot find MariaDB: install the programs mariadbd and mariadb-install-db " +
  "(Debian: apt-get install mariadb-server mariadb-client; Homebrew: brew install mariadb)";

async function mariadbd(): Promise<string> {
  const found = await findProgram("mariadbd", FOLDERS);
  if (found !== undefined) return found;
  if (!await canInstallDebian()) throw new Error(MISSING);
  await installDebian(["mariadb-server", "mariadb-client"]);
  const installed = await findProgram("mariadbd", FOLDERS);
  if (installed === undefined) throw new Error(MISSING);
  return installed;
}
