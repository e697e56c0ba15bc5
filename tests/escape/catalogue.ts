/**
 * All attempts, by what they are after.
 *
 * @module
 */
import type { Attempt, Threat } from "./attempt.ts";
import { code, machine } from "./catalogue/code.ts";
import { data, expressions, manifests } from "./catalogue/data.ts";
import { files, grantedFolders, writing } from "./catalogue/files.ts";
import { network, variables } from "./catalogue/network.ts";
import { otherSteps, processes, streams } from "./catalogue/process.ts";
import { failures, forgery, pollution, specs } from "./catalogue/protocol.ts";
import { floods, resources } from "./catalogue/resources.ts";

/** By threat, as they are shown. */
export const THREATS: readonly Threat[] = [
  files,
  grantedFolders,
  writing,
  variables,
  network,
  code,
  machine,
  processes,
  streams,
  otherSteps,
  forgery,
  pollution,
  failures,
  floods,
  resources,
  specs,
  data,
  expressions,
  manifests,
];

/** One after the other. */
export const attempts: readonly Attempt[] = THREATS.flatMap(({ attempts }) =>
  attempts
);
