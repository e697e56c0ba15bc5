/** Tables of every type, sizes and NULL patterns, for property tests. */
import { fc } from "../deps/fast_check.ts";
import type { Batch } from "../../src/table/batch.ts";
import { decimal, type LogicalType, types } from "../../src/table/type.ts";
import { batchOf, type Cell, type ColumnSpec } from "./table.ts";

const big = (bits: number, signed: boolean): fc.Arbitrary<bigint> =>
  fc.bigInt(
    signed
      ? { min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n }
      : { min: 0n, max: 2n ** BigInt(bits) - 1n },
  );

/** Values of a type, NULL left out. */
function cell(type: LogicalType): fc.Arbitrary<Cell> {
  switch (type.kind) {
    case "null":
      return fc.constant(null);
    case "bool":
      return fc.boolean();
    case "int":
      return type.bits === 64
        ? big(64, type.signed)
        : big(type.bits, type.signed).map(Number);
    case "float":
      return type.bits === 32 ? fc.float() : fc.double();
    case "decimal": {
      const max = 10n ** BigInt(type.precision) - 1n;
      return fc.bigInt({ min: -max, max });
    }
    case "date":
      return fc.integer({ min: -719162, max: 2932896 }); // years 1 to 9999
    case "time":
      return fc.bigInt({ min: -3020399_000000n, max: 3020399_000000n });
    case "timestamp":
      return fc.bigInt({
        min: -62135596800_000000n,
        max: 253402300799_999999n,
      });
    case "json":
      return fc.json();
    case "utf8":
      return fc.string({ unit: "binary" });
    case "binary":
      return fc.uint8Array({ maxLength: 12 });
  }
}

/** Types of every kind, decimals of each width. */
export const anyType: fc.Arbitrary<LogicalType> = fc.oneof(
  fc.constantFrom(...Object.values(types)),
  fc.tuple(fc.integer({ min: 1, max: 76 }), fc.nat(76)).map((
    [precision, scale],
  ) => decimal(precision, Math.min(precision, scale))),
);

/** A batch of up to `maxColumns` columns and 40 rows; names are distinct and not empty. */
export function anyBatch(
  { minColumns = 0, maxColumns = 5, type = anyType } = {},
): fc.Arbitrary<Batch> {
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), {
    minLength: minColumns,
    maxLength: maxColumns,
  });
  return fc.tuple(names, fc.nat(40)).chain(([names, rows]) =>
    fc.tuple(
      ...names.map((name) => type.chain((type) => column(name, type, rows))),
    )
  ).map((columns) => batchOf(...columns));
}

function column(
  name: string,
  type: LogicalType,
  rows: number,
): fc.Arbitrary<ColumnSpec> {
  const cells = (nullable: boolean): fc.Arbitrary<Cell[]> =>
    fc.array(nullable ? fc.option(cell(type), { freq: 4 }) : cell(type), {
      minLength: rows,
      maxLength: rows,
    });
  const metadata = fc.option(
    fc.dictionary(
      fc.constantFrom("mysql.type", "mysql.key", "ü"),
      fc.string({ maxLength: 9 }),
      { minKeys: 1 },
    ),
    { nil: undefined },
  );
  return fc.tuple(fc.boolean(), metadata).chain(([nullable, metadata]) =>
    cells(nullable || type.kind === "null").map((cells) =>
      [name, type, cells, {
        nullable: nullable || type.kind === "null",
        ...(metadata && { metadata: { ...metadata } }),
      }] as const
    )
  );
}
