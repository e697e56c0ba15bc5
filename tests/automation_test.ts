// The recipes of docs/automation.md, run as they stand there.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { parseYaml } from "../src/deps/yaml.ts";
import { command, type CommandResult } from "./kit/command.ts";
import { type Entry, openEntry } from "./kit/entry.ts";
import { startOwnRegistry } from "./kit/jsr_registry.ts";
import { assertMinimal } from "./kit/minimal.ts";
import { freePort } from "./kit/port.ts";
import { tempDir } from "./kit/temp.ts";

const ROOT = join(import.meta.dirname!, "..");
const FOLDER = "examples/automation";
const CLI = "jsr:@osiris/runtime@0.1.0/cli";
const PAID =
  "id,customer,status,amount\n1,Novák,paid,120.50\n3,Dvořák,paid,7.25\n";

const read = (path: string): Promise<string> =>
  Deno.readTextFile(join(ROOT, path));

/** The example in a folder of its own, locked, with the runtime in the cache. */
async function project(): Promise<Entry> {
  await using made = new AsyncDisposableStack();
  const registry = made.use(await startOwnRegistry());
  const entry = made.use(await openEntry(registry));
  for (
    const name of [
      "manifest.yaml",
      "in/orders.csv",
      "nightly.sh",
      "webhook.ts",
      "webhook.sh",
    ]
  ) {
    await entry.write(name, await read(`${FOLDER}/${name}`));
  }
  const start = ["run", "-A", "--no-prompt", "--unstable-worker-options"];
  for (
    const args of [["cache", CLI], [...start, CLI, "lock", "manifest.yaml"]]
  ) {
    const { code, stderr } = await entry.run(args);
    assert.equal(code, 0, stderr);
  }
  const held = made.move();
  return { ...entry, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Runs a shell script with nothing in its environment but what a scheduler gives. */
function sh(entry: Entry, script: string): Promise<CommandResult> {
  return command("sh", ["-e", "-c", script], {
    cwd: entry.cwd,
    clearEnv: true,
    env: environment(entry),
    timeoutMs: 60_000,
  });
}

function environment(entry: Entry): Record<string, string> {
  return {
    ...entry.env,
    PATH: `${dirname(Deno.execPath())}:/usr/local/bin:/usr/bin:/bin`,
    HOME: entry.cwd,
    NO_COLOR: "1",
  };
}

/** Items of the `--allow-` flags in a script. */
function itemsOf(script: string): { flag: string; item: string }[] {
  return [...script.matchAll(/(--allow-\w+)=(\S+)/g)].flatMap((
    [, flag, list],
  ) => list.split(",").map((item) => ({ flag, item })));
}

function without(script: string, flag: string, item: string): string {
  return script.replace(new RegExp(`${flag}=(\\S+)`), (_, list: string) => {
    const kept = list.split(",").filter((other) => other !== item);
    return kept.length === 0 ? "" : `${flag}=${kept.join(",")}`;
  });
}

async function clean(entry: Entry): Promise<void> {
  for (const name of ["out", "run_logs", ".osiris"]) {
    await Deno.remove(join(entry.cwd, name), { recursive: true }).catch(
      () => {},
    );
  }
}

const paid = (entry: Entry): Promise<string> =>
  Deno.readTextFile(join(entry.cwd, "out/paid.csv"));

Deno.test("docs/automation.md shows the files of the example as they are", async () => {
  const text = await read("docs/automation.md");
  const blocks = [...text.matchAll(/<!-- (\S+) -->\n\n```\w+\n([\s\S]*?)```/g)];
  assert.equal(blocks.length, 7);
  for (const [, path, body] of blocks) {
    assert.equal(body, await read(path), path);
  }
});

Deno.test("the script of the recipes has the line that plan prints", async () => {
  await using entry = await project();
  const { stdout, stderr, code } = await entry.run([
    "run",
    "-A",
    "--no-prompt",
    "--unstable-worker-options",
    CLI,
    "plan",
    "manifest.yaml",
    "--locked",
    "--json",
  ]);
  assert.equal(code, 0, stderr);
  const planned = itemsOf(JSON.parse(stdout).command.join(" "));
  for (const name of ["nightly.sh", "webhook.sh"]) {
    const items = itemsOf(await read(`${FOLDER}/${name}`)).filter(({ flag }) =>
      flag === "--allow-read" || flag === "--allow-write"
    );
    assert.deepEqual(items, planned, name);
  }
});

Deno.test("the script runs from cron, and with any item less it ends with 3 and names it", async () => {
  await using entry = await project();
  const script = await read(`${FOLDER}/nightly.sh`);
  const whole = await sh(entry, "sh ./nightly.sh");
  assert.equal(whole.code, 0, whole.stderr);
  assert.equal(whole.stderr, "");
  assert.equal(await paid(entry), PAID);
  const items = itemsOf(script);
  assert.equal(items.length, 9);
  for (const { flag, item } of items) {
    await clean(entry);
    await entry.write("fewer.sh", without(script, flag, item));
    const { code, stderr } = await sh(entry, "sh ./fewer.sh");
    assert.equal(code, 3, `without ${flag}=${item}: ${stderr}`);
    assert.ok(stderr.includes(item), `without ${flag}=${item}: ${stderr}`);
    assert.match(stderr, /^error permission\/missing/);
  }
});

Deno.test("the script refuses what is not as it was locked", async () => {
  await using entry = await project();
  const manifest = await read(`${FOLDER}/manifest.yaml`);
  await entry.write("manifest.yaml", manifest.replace("'paid'", "'open'"));
  const { code, stderr } = await sh(entry, "sh ./nightly.sh");
  assert.equal(code, 2);
  assert.match(stderr, /run\/drift/);
});

Deno.test("the workflow's own commands run one after another", async () => {
  await using entry = await project();
  const workflow = parseYaml(await read(`${FOLDER}/github-actions.yml`)) as {
    jobs: { run: { steps: { run?: string }[] } };
  };
  const commands = workflow.jobs.run.steps.flatMap(({ run }) => run ?? []);
  assert.equal(commands.length, 2);
  await sh(entry, "chmod +x nightly.sh");
  for (const text of commands) {
    const { code, stderr } = await sh(entry, text);
    assert.equal(code, 0, stderr);
  }
  assert.equal(await paid(entry), PAID);
});

Deno.test("the container's files suffice, without a network", async () => {
  await using entry = await project();
  const lines = (await read(`${FOLDER}/Dockerfile`)).trim().split("\n");
  const copied = lines.find((line) => line.startsWith("COPY "))!.split(" ")
    .slice(1, -1);
  const [program] = JSON.parse(lines.at(-1)!.replace("ENTRYPOINT ", ""));
  assert.equal(program, "/app/nightly.sh");
  const isolate =
    (await sh(entry, "unshare -n true && echo yes || echo no")).stdout;
  const start = [
    ...(isolate.trim() === "yes" ? ["unshare -n"] : []),
    "sh ./nightly.sh",
  ].join(" ");
  const { code, stderr } = await sh(
    entry,
    `mkdir -p app/in app/out app/run_logs app/.osiris
     cp ${copied.join(" ")} app/ && cp in/orders.csv app/in/
     cd app && ${start}`,
  );
  assert.equal(code, 0, stderr);
  assert.equal(
    await Deno.readTextFile(join(entry.cwd, "app/out/paid.csv")),
    PAID,
  );
});

Deno.test("the webhook runs the manifest for whoever knows the token", async () => {
  await using entry = await project();
  const port = freePort();
  for (const name of ["webhook.ts", "webhook.sh"]) {
    const text = await read(`${FOLDER}/${name}`);
    await entry.write(name, text.replaceAll("8080", String(port)));
  }
  const child = new Deno.Command("sh", {
    args: ["./webhook.sh"],
    cwd: entry.cwd,
    clearEnv: true,
    env: { ...environment(entry), WEBHOOK_TOKEN: "s3cret" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const call = (token: string, method = "POST"): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/`, {
        method,
        headers: { authorization: `Bearer ${token}` },
      });
    await untilAnswers(() => call("wrong"));
    const answers = [await call("wrong"), await call("s3cret", "GET")];
    assert.deepEqual(answers.map(({ status }) => status), [401, 405]);
    for (const answer of answers) await answer.body?.cancel();
    const answer = await call("s3cret");
    assert.deepEqual(await answer.json(), { status: "success", totalRows: 2 });
    assert.equal(await paid(entry), PAID);
    await entry.write("in/orders.csv", "id,status\n1\n");
    const failed = await call("s3cret");
    assert.equal(failed.status, 500);
    assert.equal((await failed.json()).code, "data/ragged");
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
});

async function untilAnswers(call: () => Promise<Response>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      await (await call()).body?.cancel();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  assert.fail("nobody listens");
}

Deno.test("the quickstart runs under exactly the planned permissions, and under none less", async () => {
  await using dir = await tempDir("quickstart-");
  for (
    const name of ["manifest.yaml", "data/airports.csv", "data/routes.csv"]
  ) {
    await dir.write(
      `examples/quickstart/${name}`,
      await read(`examples/quickstart/${name}`),
    );
  }
  await assertMinimal(dir, ["examples/quickstart/manifest.yaml"]);
});
