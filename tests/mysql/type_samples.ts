/**
 * Every type of MySQL and MariaDB with values at its edges: what the round-trip
 * matrix is made of.
 */

/** A type and values for it, as SQL. */
export interface TypeSample {
  /** As CREATE TABLE takes it. */
  readonly type: string;
  /** SQL expressions; NULL is always tried too. None where the server computes them. */
  readonly values: readonly string[];
  /** The logical type it is read as. */
  readonly logical: string;
  /** Said of it in the documentation. */
  readonly note?: string;
}

const int = (
  type: string,
  bits: number,
  logical: string,
): TypeSample[] => {
  const half = 2n ** BigInt(bits - 1);
  return [
    { type, values: [`${-half}`, "-1", "0", "1", `${half - 1n}`], logical },
    {
      type: `${type} unsigned`,
      values: ["0", "1", `${half}`, `${2n * half - 1n}`],
      logical: `u${logical}`,
    },
  ];
};

const nines = (count: number): string => "9".repeat(count);

/** The samples, in the order of the manual. */
export const TYPE_SAMPLES: readonly TypeSample[] = [
  ...int("tinyint", 8, "int8"),
  {
    type: "tinyint(1)",
    values: ["0", "1", "-128", "127"],
    logical: "int8",
    note: "bool with `tinyint1: bool`",
  },
  ...int("smallint", 16, "int16"),
  ...int("mediumint", 24, "int32"),
  ...int("int", 32, "int32"),
  ...int("bigint", 64, "int64"),
  {
    type: "int(8) unsigned zerofill",
    values: ["0", "42", "4294967295"],
    logical: "uint32",
    note: "zeros in front are a matter of display",
  },
  {
    type: "decimal(10,2)",
    values: ["0", "-0.01", "99999999.99", "-99999999.99", "1.50"],
    logical: "decimal(10,2)",
  },
  {
    type: "decimal(12,0) unsigned",
    values: ["0", nines(12)],
    logical: "decimal(12,0)",
  },
  {
    type: "decimal(38,10)",
    values: [`${nines(28)}.${nines(10)}`, `-${nines(28)}.${nines(10)}`],
    logical: "decimal(38,10)",
  },
  {
    type: "decimal(65,30)",
    values: [
      `${nines(35)}.${nines(30)}`,
      `-${nines(35)}.${nines(30)}`,
      `0.${"0".repeat(29)}1`,
    ],
    logical: "decimal(65,30)",
  },
  {
    type: "float",
    values: ["0", "1.234567", "-3.4028234e38", "1.17549435e-38", "16777216"],
    logical: "float32",
    note: "with all its digits, of which the server itself shows six",
  },
  {
    type: "double",
    values: [
      ...["0", "0.1", "-1.7976931348623157e308", "2.2250738585072014e-308"],
      ...["4.9e-324", "1.0000000000000002", "9007199254740993"],
    ],
    logical: "float64",
  },
  { type: "bit(1)", values: ["b'0'", "b'1'"], logical: "uint8" },
  { type: "bit(8)", values: ["0", "1", "255"], logical: "uint8" },
  { type: "bit(9)", values: ["0", "511"], logical: "uint16" },
  { type: "bit(16)", values: ["0", "256", "65535"], logical: "uint16" },
  { type: "bit(17)", values: ["0", "131071"], logical: "uint32" },
  { type: "bit(32)", values: ["0", "4294967295"], logical: "uint32" },
  { type: "bit(33)", values: ["0", "8589934591"], logical: "uint64" },
  { type: "bit(63)", values: ["0", "9223372036854775807"], logical: "uint64" },
  {
    type: "bit(64)",
    values: ["0", "18446744073709551615", "9223372036854775808"],
    logical: "uint64",
    note: "the number that the bits are",
  },
  {
    type: "date",
    values: ["'0001-01-01'", "'1969-12-31'", "'2024-02-29'", "'9999-12-31'"],
    logical: "date",
    note: "zero dates: see `zero_dates`",
  },
  {
    type: "time",
    values: ["'00:00:00'", "'-838:59:59'", "'838:59:59'", "'-00:00:01'"],
    logical: "time",
  },
  {
    type: "time(6)",
    values: ["'-838:59:59.999999'", "'-00:00:00.000001'", "'25:00:00.5'"],
    logical: "time",
  },
  {
    type: "datetime",
    values: ["'1000-01-01 00:00:00'", "'9999-12-31 23:59:59'"],
    logical: "timestamp",
  },
  {
    type: "datetime(3)",
    values: ["'2024-02-29 12:34:56.789'"],
    logical: "timestamp",
  },
  {
    type: "datetime(6)",
    values: [
      ...["'0001-01-01 00:00:00.000001'", "'9999-12-31 23:59:59.999999'"],
      ...["'1969-12-31 23:59:59.999999'", "'2024-02-29 00:00:00'"],
    ],
    logical: "timestamp",
  },
  {
    type: "timestamp",
    values: ["'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'"],
    logical: "timestamp_utc",
    note: "an instant: sessions run in UTC",
  },
  {
    type: "timestamp(6)",
    values: ["'1970-01-01 00:00:01.000001'", "'2038-01-19 03:14:07.999999'"],
    logical: "timestamp_utc",
  },
  { type: "year(4)", values: ["0", "1901", "2155"], logical: "uint16" },
  {
    type: "char(10)",
    values: ["''", "'abc'", "'žluťoučký'", "' x'"],
    logical: "utf8",
  },
  {
    type: "varchar(40)",
    values: [
      ...["''", "'a  '", "'NULL'", "'\\\\N'", "'a,b;\"c\"'", "'tab\\tline\\n'"],
      ...["x'1b1e1f'", "'cr\\r\\nlf'", "'čšž 😀 end'", "'it''s'"],
    ],
    logical: "utf8",
    note: "`''` and NULL stay two things",
  },
  {
    type: "varchar(40) character set latin1",
    values: ["'é€ß'", "''"],
    logical: "utf8",
  },
  // Characters of which a byte is a backslash, and such as lie beyond 16 bits.
  {
    type: "varchar(40) character set sjis",
    values: ["'ソ表能'", "'\\\\n'"],
    logical: "utf8",
  },
  {
    type: "varchar(40) character set gbk",
    values: ["'誠\\\\'", "'中文'"],
    logical: "utf8",
  },
  {
    type: "varchar(40) character set utf16",
    values: ["'a😀ž'", "''"],
    logical: "utf8",
  },
  {
    type: "varchar(40) collate utf8mb4_bin",
    values: ["'A'", "'a '"],
    logical: "utf8",
  },
  { type: "tinytext", values: ["repeat('x', 255)"], logical: "utf8" },
  { type: "text", values: ["repeat('ž', 30000)", "''"], logical: "utf8" },
  {
    type: "mediumtext",
    values: ["repeat('0123456789', 30000)"],
    logical: "utf8",
  },
  { type: "longtext", values: ["repeat('ab\\n', 1000)"], logical: "utf8" },
  {
    type: "binary(5)",
    values: ["x'0000000000'", "x'ff00fe1b1e'"],
    logical: "binary",
  },
  {
    type: "varbinary(300)",
    values: [
      "''",
      "x'00'",
      "x'f01f1b1e27225c0a0d'",
      `x'${
        Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"))
          .join("")
      }'`,
    ],
    logical: "binary",
  },
  { type: "tinyblob", values: ["x'c328'", "''"], logical: "binary" },
  {
    type: "blob",
    values: ["x'80ff'", "repeat(x'f0', 5000)"],
    logical: "binary",
  },
  { type: "mediumblob", values: ["repeat(x'001f', 50000)"], logical: "binary" },
  { type: "longblob", values: ["x'fffe'"], logical: "binary" },
  {
    type: "enum('a','b c','it''s','ž','c\\\\d')",
    values: ["'a'", "'b c'", "'it''s'", "'ž'", "'c\\\\d'"],
    logical: "utf8",
    note:
      "members with emoji are refused: MariaDB's catalogue shows ? for them",
  },
  {
    type: "set('x','y','z')",
    values: ["''", "'x'", "'x,z'", "'x,y,z'"],
    logical: "utf8",
  },
  {
    type: "json",
    values: [
      `'{"a": 1.50, "b": [12345678901234567890123, 1e400], "c": "\\\\u010d č"}'`,
      ...[`'null'`, `'[]'`, `'"x"'`],
    ],
    logical: "json",
    note: "as the server keeps it",
  },
  {
    type: "uuid",
    values: ["'123e4567-e89b-12d3-a456-426655440000'"],
    logical: "utf8",
    note: "MariaDB",
  },
  {
    type: "inet6",
    values: ["'::'", "'2001:db8::ff00:42:8329'", "'::ffff:192.0.2.1'"],
    logical: "utf8",
    note: "MariaDB",
  },
  {
    type: "inet4",
    values: ["'0.0.0.0'", "'255.255.255.255'"],
    logical: "utf8",
    note: "MariaDB",
  },
  {
    type: "geometry",
    values: [
      "ST_GeomFromText('POINT(1 2)')",
      "ST_GeomFromText('POLYGON((0 0,0 1,1 1,0 0))', 4326)",
      "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))', 3857)",
    ],
    logical: "binary",
    note: "WKB; EWKB where there is a reference system (SRID)",
  },
  {
    type: "point",
    values: ["ST_GeomFromText('POINT(-1.5 1e100)')"],
    logical: "binary",
  },
  {
    type: "bigint as (id * 3) virtual",
    values: [],
    logical: "int64",
    note: "its values; into a computed column nothing is written",
  },
  {
    type: "varchar(20) as (concat('č', id)) stored",
    values: [],
    logical: "utf8",
  },
];
