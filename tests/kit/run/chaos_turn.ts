/**
 * Kills runs at an exact point of their talk with a server: a proxy sees the
 * packet and has the process dead before it goes any further.
 *
 * @module
 */
import assert from "node:assert/strict";
import { startProxy, type TcpProxy } from "../tcp_proxy.ts";
import { tempDir } from "../temp.ts";
import { afterKill, type Scenario, type State, type Tally } from "./chaos.ts";
import { startCli } from "./child.ts";

/** Sets the fault that is to kill. */
export type Blow = (proxy: TcpProxy, kill: () => void) => void;

/**
 * Runs a scenario through a proxy until the blow, then goes on.
 *
 * @param again Whether to run anew rather than to resume, where that gives the same.
 * @returns what the targets held after the kill; null when the run ended without.
 */
export async function killByProxy(
  scenario: Scenario,
  blow: Blow,
  again: boolean,
  tally: Tally,
): Promise<Record<string, State> | null> {
  await using folder = await tempDir("chaos-");
  let proxy: TcpProxy | undefined;
  await using target = await scenario.prepare(folder, async (port) => {
    proxy = await startProxy({ target: { port } });
    return proxy.port;
  });
  assert.ok(proxy, `${scenario.name} takes no other way`);
  await using open = proxy;
  blow(open, () => child.kill("SIGKILL"));
  const child = startCli(folder.path, "run", "m.json", "--quiet");
  const random = (): number => again ? 0 : 1;
  child.ended().finally(() => open.heal());
  return await afterKill({ scenario, folder, target, random, tally }, child);
}
