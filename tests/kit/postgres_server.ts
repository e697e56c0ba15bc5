/**
 * Starts a private PostgreSQL: free port, own data folder, real users with passwords.
 *
 * @module
 */

import { join } from "node:path";
import { certificatesFor } from "./certs.ts";
import { commandOk } from "./command.ts";
import { freePort } from "./port.ts";
import { postgresBinaries } from "./postgres_binaries.ts";
import { queryPostgres } from "./postgres_client.ts";
import {
  AWKWARD_PASSWORD,
  type ServerControl,
  type ServerInfo,
  type ServerOptions,
} from "./server.ts";
import { makeServerFolder, ServerProcess } from "./server_process.ts";
import { mountAt } from "./tmpfs.ts";
import { runFolder } from "./watchdog.ts";

const ADMIN_PASSWORD = "kit admin";
const literal = (text: string): string =>
  ` E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
const USERS = `CREATE ROLE osiris LOGIN CREATEDB CREATEROLE PASSWORD${
  literal(AWKWARD_PASSWORD)
};\n`;

type Owner = { readonly uid: number; readonly gid: number };

/** Starts a server; see `startPostgres` for what it offers. */
export async function startLocalPostgres(
  options: ServerOptions,
  name?: string,
): Promise<ServerControl> {
  const binaries = await postgresBinaries();
  const owner = await unprivileged();
  const folder = await makeServerFolder("postgres", name);
  const datadir = join(folder, "data");
  await Deno.mkdir(datadir);
  if (options.diskMebibytes !== undefined) {
    await mountAt(datadir, options.diskMebibytes);
  }
  await commandOk("cp", [
    "-Rp",
    `${await template(binaries, owner)}/.`,
    datadir,
  ]);
  await Deno.chmod(datadir, 0o700);
  if (options.diskMebibytes !== undefined) {
    // A full disk under its log makes PostgreSQL stop; under its tables, refuse. Tests want the latter.
    await commandOk("mv", [join(datadir, "pg_wal"), join(folder, "wal")]);
    await Deno.symlink(join(folder, "wal"), join(datadir, "pg_wal"));
  }
  const certificates = await certificatesFor(options.tls, folder);
  if (owner) {
    await commandOk("chown", ["-R", `${owner.uid}:${owner.gid}`, folder]);
  }
  const info: Omit<ServerInfo, "pid"> = {
    host: "127.0.0.1",
    port: freePort(),
    socket: folder,
    user: "osiris",
    password: AWKWARD_PASSWORD,
    adminUser: "postgres",
    adminPassword: ADMIN_PASSWORD,
    folder,
    datadir,
    ...(certificates && { tls: { ca: certificates.ca } }),
  };
  const tls = certificates &&
    [
      "ssl=on",
      `ssl_cert_file=${certificates.certFile}`,
      `ssl_key_file=${certificates.keyFile}`,
    ];
  const settings = [
    ...serverSettings(info, options.durable === true),
    ...tls ?? [],
  ].flatMap((item) => ["-c", item]);
  const login = {
    ...info,
    user: info.adminUser,
    password: info.adminPassword,
    database: "postgres",
  };
  const server = new ServerProcess({
    program: join(binaries, "postgres"),
    args: ["-D", datadir, ...settings, ...options.args ?? []],
    owner,
    // INT is PostgreSQL's "fast" shutdown: TERM would wait for every client to leave.
    shutdown: "SIGINT",
    // QUIT is its "immediate" one; killed outright it would leave its shared memory behind.
    abandon: "SIGQUIT",
    probe: () => queryPostgres(login, "SELECT 1"),
    // The second is what a new server says while the children of one that was killed still fade away.
    passing: /Address already in use|pre-existing shared memory block/,
  }, info);
  await server.start();
  return server;
}

function serverSettings(
  info: Omit<ServerInfo, "pid">,
  isDurable: boolean,
): string[] {
  return [
    `port=${info.port}`,
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${info.socket}`,
    "shared_buffers=32MB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "log_min_messages=warning",
    // Written at each commit though not waited for: a commit survives SIGKILL.
    ...isDurable ? [] : ["fsync=off", "full_page_writes=off"],
  ];
}

/** PostgreSQL refuses to run as root, so then it runs as `postgres` if there is such a user, else as `nobody`. */
async function unprivileged(): Promise<Owner | undefined> {
  if (Deno.uid() !== 0) return undefined;
  const users = (await Deno.readTextFile("/etc/passwd")).split("\n").map((
    line,
  ) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const user = users.find(([known]) => known === name);
    if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error(
    "Cannot start PostgreSQL as root: there is neither a user postgres nor a user nobody",
  );
}

// Initialising takes most of a start, so it is done once a process and then copied.
let made: Promise<string> | undefined;

function template(binaries: string, owner: Owner | undefined): Promise<string> {
  made ??= makeTemplate(binaries, owner);
  return made;
}

async function makeTemplate(
  binaries: string,
  owner: Owner | undefined,
): Promise<string> {
  const home = await Deno.makeTempDir({
    dir: (await runFolder()).path,
    prefix: "postgres-template-",
  });
  const folder = join(home, "data");
  const password = join(home, "password");
  await Deno.writeTextFile(password, `${ADMIN_PASSWORD}\n`);
  if (owner) {
    await commandOk("chown", ["-R", `${owner.uid}:${owner.gid}`, home]);
  }
  const run = (
    program: string,
    args: string[],
    stdin?: string,
  ): Promise<string> =>
    commandOk(join(binaries, program), args, { ...owner, cwd: home, stdin });
  await run("initdb", [
    ...[
      "-D",
      folder,
      "-U",
      "postgres",
      `--pwfile=${password}`,
      "--auth=scram-sha-256",
    ],
    ...["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"],
  ]);
  await run("postgres", [
    "--single",
    "-D",
    folder,
    "-c",
    "fsync=off",
    "postgres",
  ], USERS);
  return folder;
}
