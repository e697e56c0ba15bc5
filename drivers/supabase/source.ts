/**
 * What is read: composes the requests for any part of it.
 *
 * @module
 */
import type { Api, Composed } from "./client.ts";
import type { Parameter } from "./filter.ts";

/** A part of the rows. */
export interface Window {
  readonly select: string;
  readonly limit: number;
  readonly offset: number;
  /** Terms of `order`; empty for none. */
  readonly order: readonly string[];
  /** A condition besides the user's own. */
  readonly after: Parameter | null;
  /** Whether the answer tells the number of all rows. */
  readonly isCounted: boolean;
}

/** A table, view or function. */
export interface Source {
  /** As in messages: `orders`, `rpc/report`. */
  readonly name: string;
  readonly schema: string;
  /** What is done, for messages. */
  readonly action: string;
  /** Whether asking twice is harmless. */
  readonly isRepeatable: boolean;
  compose(window: Window): Composed;
}

/** A table or view as a source. */
export function tableSource(
  api: Api,
  schema: string,
  name: string,
  filters: readonly Parameter[],
): Source {
  return {
    name,
    schema,
    action: `read table "${name}"`,
    isRepeatable: true,
    compose: (window) =>
      withWindow(
        api.client.schema(schema).from(name).select(
          window.select,
          window.isCounted ? { count: "exact" } : {},
        ),
        filters,
        window,
      ),
  };
}

/** A function as a source. @param isStable Whether it changes nothing, so that it is asked by GET. */
export function functionSource(
  api: Api,
  schema: string,
  name: string,
  { args, filters, isStable }: {
    readonly args: Readonly<Record<string, unknown>>;
    readonly filters: readonly Parameter[];
    readonly isStable: boolean;
  },
): Source {
  return {
    name: `rpc/${name}`,
    schema,
    action: `call function "${name}"`,
    isRepeatable: isStable,
    compose: (window) => {
      const call = api.client.schema(schema).rpc(name, args, {
        get: isStable,
        ...(window.isCounted && { count: "exact" as const }),
      });
      const isAll = window.select === "*";
      return withWindow(
        isAll ? call : call.select(window.select),
        filters,
        window,
      );
    },
  };
}

/** Adds filters, order and range as parameters: the user's own words, which need no taking apart. */
function withWindow(
  builder: unknown,
  filters: readonly Parameter[],
  { limit, offset, order, after }: Window,
): Composed {
  const { searchParams } = (builder as { url: URL }).url;
  for (const [name, value] of filters) searchParams.append(name, value);
  if (after !== null) searchParams.append(...after);
  if (order.length > 0) searchParams.set("order", order.join(","));
  searchParams.set("limit", String(limit));
  if (offset > 0) searchParams.set("offset", String(offset));
  return builder as Composed;
}
