/**
 * `anyOf` and `oneOf`.
 *
 * @module
 */
import { quoted, seenAt } from "../describe.ts";
import type { JsonSchema } from "../driver/spec.ts";
import { fault, refuse, resolve, type Schema, type Scope } from "./scope.ts";
import { describeTypes, isType } from "./type.ts";

/** `anyOf` and `oneOf`: the faults reported are those of the branch that was probably meant. */
export function checkChoice(
  schema: JsonSchema,
  branches: readonly Schema[],
  exactlyOne: boolean,
  value: unknown,
  path: string,
  scope: Scope,
): unknown {
  const tries = branches.map((branch) => {
    const own: Scope = { ...scope, faults: [] };
    return {
      branch,
      value: scope.check(branch, value, path, own),
      faults: own.faults,
    };
  });
  const fitting = tries.filter(({ faults }) => faults.length === 0);
  if (fitting.length === 1 || (fitting.length > 1 && !exactlyOne)) {
    return fitting[0].value;
  }
  if (fitting.length > 1) {
    const forms = fitting.map(({ branch }) => describeBranch(branch));
    const named = forms.includes(UNNAMED) ? "" : `: ${forms.join(", ")}`;
    return refuse(
      scope,
      path,
      `fits ${fitting.length} forms of which one is right${named}`,
      value,
    );
  }
  const meant = tries.filter(({ branch }) => typeMatches(branch, value, scope));
  const all = schema.title ?? branches.map(describeBranch).join(" or ");
  if (typeof schema.title === "string" || meant.length !== 1) {
    fault(scope, path, `expected ${all}, got ${seenAt(path, value)}`);
  } else scope.faults.push(...meant[0].faults);
  return value;
}

/** Whether a value fits, without a word about why not. */
export function passes(
  schema: Schema,
  value: unknown,
  path: string,
  scope: Scope,
): boolean {
  const own: Scope = { ...scope, faults: [] };
  scope.check(schema, value, path, own);
  return own.faults.length === 0;
}

function typeMatches(branch: Schema, value: unknown, scope: Scope): boolean {
  if (typeof branch === "boolean") return branch;
  const own = typeof branch.$ref === "string"
    ? resolve(branch.$ref, scope.root)
    : branch;
  if (typeof own === "boolean" || own.type === undefined) return true;
  return ([own.type].flat() as string[]).some((type) => isType(value, type));
}

/** What a form is called that says nothing of itself. */
const UNNAMED = "another form";

function describeBranch(branch: Schema): string {
  if (typeof branch === "boolean") return "anything";
  if (typeof branch.title === "string") return branch.title;
  if (Array.isArray(branch.enum)) {
    return branch.enum.map((item) => JSON.stringify(item)).join(", ");
  }
  if ("const" in branch) return JSON.stringify(branch.const);
  if (branch.type !== undefined) {
    return describeTypes([branch.type].flat() as string[]);
  }
  return Array.isArray(branch.required)
    ? `a map with ${branch.required.map(quoted).join(" and ")}`
    : UNNAMED;
}
