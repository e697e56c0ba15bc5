// The operators of filters and what they are in PostgreSQL (docs, "Tables and Views" › Operators).

/** Operators that take `(any)` and `(all)` (› Operator Modifiers). */
export const quantifiable: Record<string, string> = {
  eq: "=",
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
  like: "LIKE",
  ilike: "ILIKE",
  match: "~",
  imatch: "~*",
};

/** The other comparisons (› Operators). */
export const plain: Record<string, string> = {
  neq: "<>",
  cs: "@>",
  cd: "<@",
  ov: "&&",
  sl: "<<",
  sr: ">>",
  nxr: "&<",
  nxl: "&>",
  adj: "-|-",
};

/** Full-text search (› Full-Text Search). */
export const searches: Record<string, string> = {
  fts: "to_tsquery",
  plfts: "plainto_tsquery",
  phfts: "phraseto_tsquery",
  wfts: "websearch_to_tsquery",
};

/** What `is` may ask. */
export const isValues: Record<string, string> = {
  null: "NULL",
  "not_null": "NOT NULL",
  true: "TRUE",
  false: "FALSE",
  unknown: "UNKNOWN",
};
