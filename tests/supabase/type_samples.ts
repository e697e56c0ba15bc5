/** Types of PostgreSQL that users meet, with values at their edges, as SQL. */

/** A type and values of it. */
export interface TypeSample {
  /** As in CREATE TABLE. */
  readonly type: string;
  /** Values as SQL, NULL left out. */
  readonly values: readonly string[];
  /** The logical type it is read as. */
  readonly logical: string;
  readonly note?: string;
}

const text = (...values: string[]): string[] =>
  values.map((value) => `'${value.replaceAll("'", "''")}'`);

/** The samples. */
export const TYPE_SAMPLES: readonly TypeSample[] = [
  { type: "smallint", values: ["-32768", "32767", "0"], logical: "int16" },
  { type: "integer", values: ["-2147483648", "2147483647"], logical: "int32" },
  {
    type: "bigint",
    values: ["-9223372036854775808", "9223372036854775807", "9007199254740993"],
    logical: "int64",
  },
  {
    type: "numeric(10,2)",
    values: ["0", "-99999999.99", "0.10"],
    logical: "decimal(38,2)",
    note:
      "the API does not tell the precision; the scale is seen in the values",
  },
  {
    type: "numeric(38,10)",
    values: ["1234567890123456789012345678.0123456789", "-0.0000000001"],
    logical: "decimal(38,10)",
  },
  {
    type: "numeric(60,20)",
    values: ["1234567890123456789012345678901234567890.00000000000000000001"],
    logical: "decimal(76,20)",
  },
  {
    type: "numeric",
    values: ["1.5", "-12345678901234567890.123456789", "'NaN'", "0.10"],
    logical: "utf8",
    note:
      "without a scale: text where values differ in theirs, unless `types` names one",
  },
  {
    type: "real",
    values: ["1.17549435e-38", "3.4028235e38", "'NaN'", "'-Infinity'", "0.1"],
    logical: "float32",
  },
  {
    type: "double precision",
    values: [
      "2.2250738585072014e-308",
      "1.7976931348623157e308",
      "'NaN'",
      "'Infinity'",
      "0.1",
      "-0.0",
    ],
    logical: "float64",
  },
  { type: "boolean", values: ["true", "false"], logical: "bool" },
  {
    type: "text",
    values: [
      ...text("", " ", "ü€😀", '"\\N" x', "a,b;\tc"),
      "E'line\\nreturn\\r\\n'",
      "E'\\u0001'",
      "repeat('x', 100000)",
    ],
    logical: "utf8",
  },
  {
    type: "character varying(10)",
    values: text("", "0123456789"),
    logical: "utf8",
  },
  {
    type: "character(5)",
    values: text("a", "abcde"),
    logical: "utf8",
    note: "with its spaces at the end",
  },
  { type: "name", values: text("pg_catalog"), logical: "utf8" },
  {
    type: "uuid",
    values: text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    logical: "utf8",
  },
  {
    type: "bytea",
    values: ["'\\x'", "'\\x00ff0a5c22'"],
    logical: "binary",
  },
  {
    type: "date",
    values: text("0001-01-01", "2024-02-29", "9999-12-31"),
    logical: "date",
    note: "years 1 to 9999; others are refused, or NULL with `allow_lossy`",
  },
  {
    type: "time",
    values: text("00:00:00", "23:59:59.999999", "24:00:00"),
    logical: "time",
  },
  {
    type: "time with time zone",
    values: text("12:00:00+05:30"),
    logical: "utf8",
  },
  {
    type: "timestamp",
    values: text("0001-01-01 00:00:00", "2024-02-29 12:34:56.789012"),
    logical: "timestamp",
  },
  {
    type: "timestamp(3)",
    values: text("2024-02-29 12:34:56.789"),
    logical: "timestamp",
  },
  {
    type: "timestamptz",
    values: text("2024-02-29 12:34:56.789012+00", "1969-12-31 23:59:59-05"),
    logical: "timestamp_utc",
    note: "an instant, in UTC",
  },
  {
    type: "interval",
    values: text("1 year 2 mons -3 days +04:05:06.789", "00:00:00"),
    logical: "utf8",
  },
  {
    type: "json",
    values: text(
      '{"b":  1, "a": 12345678901234567890.10}',
      "[]",
      '"text"',
      "{\n}",
    ),
    logical: "json",
    note: "byte for byte; JSON's own null is read as NULL",
  },
  {
    type: "jsonb",
    values: text(
      '{"b": 1, "a": [1, 12345678901234567890.10, "x\\"y"]}',
      "true",
      "1e400",
    ),
    logical: "json",
    note: "JSON's own null is read as NULL",
  },
  {
    type: "text[]",
    values: text("{}", '{a,NULL,"NULL","b\\"c\\\\d,e"}', "{{a,b},{c,d}}"),
    logical: "json",
  },
  {
    type: "bigint[]",
    values: text("{9007199254740993,NULL,-1}"),
    logical: "json",
  },
  { type: "numeric(8,2)[]", values: text("{1.50,NULL}"), logical: "json" },
  {
    type: "jsonb[]",
    values: [`ARRAY['{"a": [1, "x"]}', '"s"', '2']::jsonb[]`],
    logical: "json",
  },
  {
    type: "mood",
    values: text("sad", "so so, fine"),
    logical: "utf8",
    note: "an enum; made anew as text",
  },
  {
    type: "positive",
    values: ["1", "7"],
    logical: "int32",
    note: "a domain over integer; made anew as its base type",
  },
  { type: "inet", values: text("192.168.0.1/24", "::1"), logical: "utf8" },
  { type: "cidr", values: text("10.0.0.0/8"), logical: "utf8" },
  { type: "macaddr", values: text("08:00:2b:01:02:03"), logical: "utf8" },
  { type: "bit(4)", values: ["B'1010'"], logical: "utf8" },
  { type: "bit varying(8)", values: ["B'10'"], logical: "utf8" },
  {
    type: "money",
    values: ["'12.34'::money"],
    logical: "utf8",
    note: "as the server's locale writes it",
  },
  { type: "xml", values: text('<a b="c">d</a>'), logical: "utf8" },
  { type: "point", values: text("(1.5,-2)"), logical: "utf8" },
  { type: "int4range", values: text("[1,5)", "empty"), logical: "utf8" },
  {
    type: "tstzrange",
    values: text('["2024-01-01 00:00:00+00",)'),
    logical: "utf8",
  },
  { type: "tsvector", values: text("'a':1 'b':2"), logical: "utf8" },
  { type: "oid", values: ["4294967295"], logical: "uint32" },
];
