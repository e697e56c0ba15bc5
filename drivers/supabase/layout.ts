/**
 * The columns that a read gives: names, types, and how each comes.
 *
 * @module
 */
import { requireColumns } from "../../src/driver/column_names.ts";
import { OsirisError } from "../../src/error.ts";
import {
  type Field,
  type LogicalType,
  parseType,
  types,
} from "../../src/table/type.ts";
import {
  addToSample,
  emptySample,
  numericFrom,
  type Sample,
  typeFrom,
} from "./infer.ts";
import type { Expected } from "./members.ts";
import type { Outline, OutlineMember } from "./outline.ts";
import { carriageOf, logicalType, parsePgType } from "./pg_type.ts";
import { scanPage } from "./scan.ts";
import { branch, leaf, type ShapeNode } from "./shape.ts";

/** The columns of a read and the shape of its rows. */
export interface Layout {
  readonly fields: readonly Field[];
  /** For `scanPage`; hidden columns come after the fields. */
  readonly shape: ShapeNode;
  /** Leaves in all: fields and hidden columns. */
  readonly width: number;
  /** Column number by the member's name: top-level members only. */
  readonly columns: ReadonlyMap<string, number>;
}

/** What a layout is made from. */
export interface LayoutOptions {
  readonly outline: Outline;
  /** The name of the column where a function gives bare values. */
  readonly valueName: string;
  /** Members that are there for paging only. */
  readonly hidden: ReadonlySet<string>;
  /** Types that the user names, by column. */
  readonly types: Readonly<Record<string, string>>;
  /** JSON of pages to infer types from. */
  readonly pages: readonly Uint8Array[];
  /** Says which columns became text for lack of a scale. */
  readonly warn: (message: string) => void;
}

interface Draft {
  readonly name: string;
  readonly expected: Expected | undefined;
  readonly isHidden: boolean;
}

/** Whether types have to be inferred from values, so that more of them help. */
export function needsSample(outline: Outline): boolean {
  return outline.kind === "values" ||
    draftsOf(outline.members, new Set()).some(({ expected }) =>
      knownType(expected) === undefined
    );
}

/**
 * Makes the layout of a read.
 *
 * @throws {OsirisError} `data/duplicate-column`, `config/invalid` for `types`.
 */
export function makeLayout(options: LayoutOptions): Layout {
  const drafts = options.outline.kind === "values"
    ? [{ name: options.valueName, expected: undefined, isHidden: false }]
    : draftsOf(options.outline.members, options.hidden);
  // Hidden ones go last, so that the others keep their numbers.
  const ordered = [
    ...drafts.filter(({ isHidden }) => !isHidden),
    ...drafts.filter(({ isHidden }) => isHidden),
  ];
  checkNames(ordered, options.types);
  const samples = sampleColumns(options, ordered);
  const columnTypes = ordered.map((draft, column) =>
    typeOf(draft, samples[column], options)
  );
  const fields = ordered.filter(({ isHidden }) => !isHidden)
    .map((draft, column) => fieldOf(draft, columnTypes[column]));
  return {
    fields,
    shape: shapeOf(options.outline, ordered, columnTypes),
    width: ordered.length,
    columns: new Map(ordered.map(({ name }, column) => [name, column])),
  };
}

function draftsOf(
  members: readonly OutlineMember[],
  hidden: ReadonlySet<string>,
  prefix = "",
): Draft[] {
  return members.flatMap(({ name, expected, members: inner }) =>
    inner === null
      ? [{
        name: prefix + name,
        expected: prefix === "" || expected === undefined
          ? expected
          : { ...expected, isNullable: true, isKey: false },
        isHidden: prefix === "" && hidden.has(name),
      }]
      : draftsOf(inner, hidden, `${prefix}${name}_`)
  );
}

function checkNames(
  drafts: readonly Draft[],
  wanted: Readonly<Record<string, string>>,
): void {
  const names = new Set<string>();
  for (const { name } of drafts) {
    if (names.has(name)) {
      throw new OsirisError(
        "data/duplicate-column",
        `Cannot read rows: column "${name}" comes twice`,
        { hint: "Give one of them another name in select: other:column" },
      );
    }
    names.add(name);
  }
  requireColumns("types", Object.keys(wanted), names);
}

/** The type that a name alone tells. */
function knownType(expected: Expected | undefined): LogicalType | undefined {
  if (expected === undefined) return undefined;
  if (expected.embed !== null) return types.json;
  return expected.type === null
    ? undefined
    : logicalType(parsePgType(expected.type));
}

function sampleColumns(
  { outline, pages }: LayoutOptions,
  drafts: readonly Draft[],
): (Sample | undefined)[] {
  const samples = drafts.map(({ expected }) =>
    knownType(expected) === undefined ? emptySample() : undefined
  );
  if (samples.every((sample) => sample === undefined)) return samples;
  // As json nothing is unescaped: the pages stay as they are.
  const shape = shapeOf(outline, drafts, drafts.map(() => types.json));
  for (const bytes of pages) {
    const page = scanPage(bytes, shape, drafts.length);
    samples.forEach((sample, column) => {
      if (sample) addToSample(sample, bytes, page, column, drafts.length);
    });
  }
  return samples;
}

function typeOf(
  { name, expected, isHidden }: Draft,
  sample: Sample | undefined,
  { types: wanted, warn }: LayoutOptions,
): LogicalType {
  if (isHidden) return types.utf8;
  if (Object.hasOwn(wanted, name)) return namedType(name, wanted[name]);
  const known = knownType(expected);
  if (known !== undefined || sample === undefined) return known ?? types.utf8;
  const isNumeric = !!expected?.type &&
    parsePgType(expected.type).base === "numeric";
  const type = isNumeric ? numericFrom(sample) : typeFrom(sample);
  if (type?.kind === "utf8" && sample.decimals > 0) {
    warn(
      `column "${name}" holds numbers of several scales and is read as text; name its type under types, such as decimal(20,4)`,
    );
  }
  return type ?? types.utf8;
}

/** @throws {OsirisError} `config/invalid` */
function namedType(name: string, text: string): LogicalType {
  const type = parseType(text) ?? logicalType(parsePgType(text));
  if (type !== undefined) return type;
  throw new OsirisError(
    "config/invalid",
    `Cannot use types: types.${name}: there is no type "${text}"`,
    { hint: "Write it as int64, decimal(10,2), utf8, timestamp_utc, json, …" },
  );
}

function fieldOf({ name, expected }: Draft, type: LogicalType): Field {
  const metadata = {
    ...(!!expected?.type && { "postgres.type": expected.type }),
    ...(expected?.isKey && { "postgres.key": "primary" }),
  };
  return {
    name,
    type,
    nullable: expected?.isNullable !== false,
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

function shapeOf(
  outline: Outline,
  drafts: readonly Draft[],
  columnTypes: readonly LogicalType[],
): ShapeNode {
  const numbers = new Map(drafts.map(({ name }, column) => [name, column]));
  const leafOf = (name: string): ShapeNode => {
    const column = numbers.get(name)!;
    return leaf(column, carriageOf(columnTypes[column]));
  };
  const branchOf = (
    members: readonly OutlineMember[],
    prefix: string,
  ): ShapeNode =>
    branch(members.map(({ name, members: inner }) => ({
      name,
      node: inner === null
        ? leafOf(prefix + name)
        : branchOf(inner, `${prefix}${name}_`),
    })));
  return outline.kind === "values"
    ? leaf(0, carriageOf(columnTypes[0]))
    : branchOf(outline.members, "");
}
