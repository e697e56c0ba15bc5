// Chooses the function a call means and writes its FROM item (docs, "Functions as RPC").
import { ident, type Params, qualified } from "./ident.ts";
import { Refusal } from "./refusal.ts";
import type { Argument, Routine, SchemaCache } from "./schema_cache.ts";

/** A function to call and the arguments given; `body` is a JSON object as text. */
export interface Call {
  routine: Routine;
  args: Argument[];
  body: string;
}

function takes(routine: Routine, names: string[]): boolean {
  const isKnown = names.every((name) =>
    routine.args.some((argument) => argument.name === name)
  );
  return isKnown &&
    routine.args.every((argument) =>
      !argument.isRequired || names.includes(argument.name)
    );
}

/** One unnamed json or jsonb argument takes the whole body (› Functions with a single unnamed JSON parameter). */
function isWholeBody(routine: Routine): boolean {
  const [only, ...rest] = routine.args;
  return only !== undefined && rest.length === 0 && only.name === "" &&
    /^jsonb?$/.test(only.type);
}

/**
 * The function of that name that takes exactly such arguments.
 *
 * @throws {Refusal} PGRST202 if none does, PGRST203 (status 300) if several do (› Overloaded functions).
 */
export function findCall(
  cache: SchemaCache,
  schema: string,
  name: string,
  names: string[],
  body: string,
): Call {
  const named = cache.routines.filter((routine) =>
    routine.schema === schema && routine.name === name
  );
  const fitting = named.filter((routine) => takes(routine, names));
  if (fitting.length === 1) {
    const [routine] = fitting;
    return {
      routine,
      args: routine.args.filter((argument) => names.includes(argument.name)),
      body,
    };
  }
  if (fitting.length > 1) throw ambiguous(fitting);
  const whole = named.find(isWholeBody);
  if (whole) return { routine: whole, args: whole.args, body };
  throw unknown(schema, name, names);
}

function ambiguous(routines: Routine[]): Refusal {
  const list = routines.map((routine) =>
    `${routine.schema}.${routine.name}(${
      routine.args.map(({ name, type }) => `${name} => ${type}`).join(", ")
    })`
  );
  return new Refusal(
    300,
    "PGRST203",
    `Could not choose the best candidate function between: ${list.join(", ")}`,
    {
      hint:
        "Try renaming the parameters or the function itself in the database so function overloading can be resolved",
    },
  );
}

function unknown(schema: string, name: string, names: string[]): Refusal {
  const short = names.length ? `(${names.join(", ")})` : " without parameters";
  const long = names.length
    ? ` with parameter${names.length > 1 ? "s" : ""} ${names.join(", ")}`
    : short;
  return new Refusal(
    404,
    "PGRST202",
    `Could not find the function ${schema}.${name}${short} in the schema cache`,
    {
      details:
        `Searched for the function ${schema}.${name}${long} or with a single unnamed json/jsonb parameter, ` +
        "but no matches were found in the schema cache.",
    },
  );
}

/** The call as a FROM item named like the function; a scalar comes as the column `pgrst_scalar`. */
export function callSource(call: Call, params: Params): string {
  const { routine, args } = call;
  const name = qualified(routine.schema, routine.name);
  const alias = ident(routine.name);
  const invoke = (list: string) =>
    routine.shape === "composite"
      ? `${name}(${list})`
      : `(SELECT ${name}(${list}) AS pgrst_scalar)`;
  if (args.length === 0) return `${invoke("")} AS ${alias}`;
  if (isWholeBody(routine)) {
    return `${
      invoke(`${params.bind(call.body)}::${args[0].type}`)
    } AS ${alias}`;
  }
  const types = args.map((argument) =>
    `${ident(argument.name)} ${argument.type}`
  ).join(", ");
  const list = args.map((argument) =>
    `${argument.isVariadic ? "VARIADIC " : ""}${
      ident(argument.name)
    } := pgrst_args.${ident(argument.name)}`
  );
  return `json_to_record(${
    params.bind(call.body)
  }::json) AS pgrst_args (${types}), LATERAL ${
    invoke(list.join(", "))
  } AS ${alias}`;
}
