/**
 * Turns a config and what the API says of itself into the plan of a read.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { didYouMean } from "../../src/suggest.ts";
import type { Api } from "./client.ts";
import type { Description, TableFacts } from "./description.ts";
import type { ExtractorConfig } from "./extractor_config.ts";
import { quotedName, readFilters } from "./filter.ts";
import { type Layout, makeLayout, needsSample } from "./layout.ts";
import { expectedMembers, hasAggregate, plainName } from "./members.ts";
import { choosePaging, type Paging } from "./ordering.ts";
import { outlineOf } from "./outline.ts";
import { PageCursor } from "./page_cursor.ts";
import { PageFetcher } from "./page_fetch.ts";
import type { ReadPlan } from "./reader.ts";
import type { Patience } from "./retry.ts";
import { parseSelect, type Selected } from "./select.ts";
import type { WhatsNew } from "./whats_new.ts";
import { functionSource, type Source, tableSource } from "./source.ts";

/** What a plan is made from. */
export interface PlanFacts {
  readonly api: Api;
  readonly config: ExtractorConfig;
  readonly schema: string;
  /** The table, view or function. */
  readonly name: string;
  readonly facts: TableFacts | undefined;
  readonly description: Description | undefined;
  readonly patience: Patience;
  /** What of it is new; null for all. */
  readonly since: WhatsNew | null;
}

/** Plans a read. @throws {OsirisError} `config/invalid`, `sql/unknown-function`. */
export function planRead(given: PlanFacts): ReadPlan {
  const { api, config, facts, patience } = given;
  const { context } = patience;
  const selected = parseSelect(config.select);
  const source = sourceOf(given);
  const paging = pagingOf(given, selected);
  const { seen = null } = given.since ?? {};
  const terms = paging.kind === "keyset" ? paging.terms : [];
  const paths = memberPaths(
    [...terms.map(({ column }) => column), ...seen?.columns ?? []],
    selected,
    facts,
  );
  const fetcher = new PageFetcher(api, source, patience, config.page_size);
  const cursor = new PageCursor(paging, paths.names.slice(0, terms.length), {
    // The description vouches for a table's key; that of a view may be any table's behind it.
    isKeySure: config.key === undefined && facts?.isWritable === true,
    table: source.name,
  });
  const select = [config.select, ...paths.added].join(",");
  return {
    source,
    fetcher,
    cursor,
    select,
    offset: config.offset,
    limit: Math.min(
      config.limit ?? Infinity,
      context.sampleRows ?? Infinity,
    ),
    fresh: seen === null ? null : (bytes, page, layout, from, to) =>
      seen.fresh(
        bytes,
        page,
        layout,
        paths.names.slice(terms.length),
        from,
        to,
      ),
    isSample: context.sampleRows !== null,
    isStrict: config.on_change === "fail",
    lossy: config.allow_lossy,
    host: api.project.host,
    layout: layouter(given, {
      selected,
      source,
      fetcher,
      select,
      order: lastFirst(paging),
      hidden: paths.hidden,
    }),
    empty: () => warnOfPolicies(given, context),
  };
}

function sourceOf(given: PlanFacts): Source {
  const { api, config, schema, name, description } = given;
  const filters = [
    ...readFilters(config.filter),
    ...given.since?.filters ?? [],
  ];
  if (config.rpc === undefined) return tableSource(api, schema, name, filters);
  const known = description?.functions.get(name);
  if (known === undefined && description !== undefined) {
    throw new OsirisError(
      "sql/unknown-function",
      `Cannot call function "${name}": schema "${schema}" has no such function`,
      { hint: didYouMean(name, description.functions.keys()) },
    );
  }
  return functionSource(api, schema, name, {
    args: config.args,
    filters,
    isStable: known?.isStable === true && fitsAddress(config.args),
  });
}

/** Whether arguments can stand in the address: plain values, and not too long. */
function fitsAddress(args: Readonly<Record<string, unknown>>): boolean {
  const isPlain = Object.values(args).every((value) =>
    typeof value !== "object" || value === null
  );
  return isPlain && JSON.stringify(args).length < 4000;
}

function pagingOf(
  { config, facts }: PlanFacts,
  selected: readonly Selected[],
): Paging {
  const order = [config.order ?? []].flat().flatMap((terms) =>
    terms.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []
  );
  const given = config.key === undefined
    ? undefined
    : [config.key].flat().flatMap((names) => names.split(","))
      .map((name) => name.trim()).filter(Boolean);
  checkKey(given ?? [], facts);
  // A view's key is that of one table behind it, which a join may repeat.
  const own = facts?.isWritable ? facts.key : [];
  return choosePaging({
    order,
    key: hasAggregate(selected) ? [] : given ?? own,
    isKeyGiven: given !== undefined,
    table: hasAggregate(selected) ? undefined : facts,
  });
}

function checkKey(
  key: readonly string[],
  facts: TableFacts | undefined,
): void {
  const names = facts?.columns.map(({ name }) => name);
  const wrong = key.find((name) =>
    names !== undefined && !names.includes(name)
  );
  if (wrong === undefined) return;
  throw new OsirisError(
    "sql/unknown-column",
    `Cannot read table "${facts!.name}": key: there is no column "${wrong}"`,
    { hint: didYouMean(wrong, names!) },
  );
}

/** Under which names columns come, and what to add to `select` for those that don't. */
function memberPaths(
  columns: readonly string[],
  selected: readonly Selected[],
  facts: TableFacts | undefined,
): { names: string[]; added: string[]; hidden: Set<string> } {
  const [names, added]: string[][] = [[], []];
  const hidden = new Set<string>();
  columns.forEach((column, index) => {
    const name = plainName(selected, column, facts) ?? `osiris_key_${index}`;
    if (name === `osiris_key_${index}`) {
      added.push(`${name}:${quotedName(column)}`);
      hidden.add(name);
    }
    names.push(name);
  });
  return { names, added, hidden };
}

/** The order turned round, to look at the last rows as well. */
function lastFirst(paging: Paging): string[] {
  if (paging.kind === "offset") return [];
  return paging.terms.map(({ column, isDescending }) =>
    `${quotedName(column)}.${isDescending ? "asc" : "desc"}`
  );
}

/** Rows from the other end that help to infer types. */
const SAMPLE_ROWS = 200;

function layouter(
  given: PlanFacts,
  { selected, source, fetcher, select, order, hidden }: {
    readonly selected: readonly Selected[];
    readonly source: Source;
    readonly fetcher: PageFetcher;
    readonly select: string;
    readonly order: readonly string[];
    readonly hidden: ReadonlySet<string>;
  },
): ReadPlan["layout"] {
  const { config, facts, description, patience, name } = given;
  return async (first, isWhole): Promise<Layout | undefined> => {
    const expected = expectedMembers(selected, facts, description);
    const outline = outlineOf(first, expected, config.embedded === "flatten");
    if (outline === undefined) return undefined;
    const pages = [first];
    if (!isWhole && order.length > 0 && needsSample(outline)) {
      const window = { select, order, offset: 0, after: null };
      const sample = await fetcher.fetch({
        ...window,
        limit: SAMPLE_ROWS,
        isCounted: false,
      });
      if (sample !== undefined) pages.push(sample.answer.body);
    }
    return makeLayout({
      outline,
      valueName: name,
      hidden,
      types: config.types,
      pages,
      warn: (message) =>
        patience.context.log("warn", `"${source.name}": ${message}`),
    });
  };
}

/** No rows need not mean that there are none. */
function warnOfPolicies(
  { api, name, config, since }: PlanFacts,
  context: StepContext,
): void {
  if (since?.isFirst === false) return;
  if (context.sampleRows === 0 || config.limit === 0) return;
  const { keyField, jwt } = api.project;
  if (keyField === "service_role_key" && jwt === undefined) return;
  const who = jwt === undefined ? `the key in ${keyField}` : "the user of jwt";
  context.log(
    "warn",
    `"${name}" gave no rows: row-level security hides what no policy shows to ${who}; service_role_key sees all`,
  );
}
