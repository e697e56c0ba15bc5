/**
 * All cases of the conformance kit, in the order in which they are told.
 *
 * @module
 */
import { cancelled, heldBack, leavesNothing } from "./flow_cases.ts";
import {
  brokenInput,
  describes,
  emptyTable,
  endsWell,
  failsWithCode,
} from "./table_cases.ts";
import { everyType } from "./type_case.ts";
import { needsWhatItSays } from "./needs_case.ts";
import type { Case } from "./case.ts";

/** All cases. */
export const CASES: readonly Case[] = [
  describes,
  endsWell,
  emptyTable,
  everyType,
  brokenInput,
  failsWithCode,
  cancelled,
  heldBack,
  needsWhatItSays,
  leavesNothing,
];
