/**
 * What an input was refused for, in a form that is easy to compare.
 *
 * @module
 */
import assert from "node:assert/strict";
import { OsirisError } from "../../src/error.ts";

/** The error that `work` ends with; fails when it ends well or otherwise. */
export async function refusal(work: () => unknown): Promise<OsirisError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof OsirisError) return error;
    throw error;
  }
  assert.fail("was not refused");
}

/** Code first, then `path: message` of each fault. */
export async function faultsOf(work: () => unknown): Promise<string[]> {
  const { code, faults = [] } = await refusal(work);
  return [code, ...faults.map(({ path, message }) => `${path}: ${message}`)];
}
