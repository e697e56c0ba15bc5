// The catalogue queries that fill the schema cache; each gives one JSON array.

/** Base type of a column's domain, one level deep: nested domains are rare enough in tests. */
const baseType = "coalesce(nullif(ty.typbasetype, 0), ty.oid)";

const columnList = `
  SELECT json_agg(json_build_object(
    'name', a.attname,
    'type', format_type(a.atttypid, a.atttypmod),
    'format', format_type(${baseType}, NULL),
    'isNullable', NOT (a.attnotnull OR ty.typtype = 'd' AND ty.typnotnull),
    'isGenerated', a.attgenerated <> '',
    'default', CASE
      WHEN a.attgenerated <> '' THEN NULL
      WHEN a.attidentity = 'd'
        THEN format('nextval(%L::regclass)', pg_get_serial_sequence(c.oid::regclass::text, a.attname))
      ELSE pg_get_expr(d.adbin, d.adrelid) END,
    'maxLength', CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 4
      THEN a.atttypmod - 4 END,
    'enum', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = ${baseType}),
    'description', col_description(c.oid, a.attnum)
  ) ORDER BY a.attnum)
  FROM pg_attribute a
  JOIN pg_type ty ON ty.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`;

const primaryKey = `
  SELECT json_agg(a.attname ORDER BY array_position(i.indkey::int2[], a.attnum))
  FROM pg_index i
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
  WHERE i.indrelid = c.oid AND i.indisprimary`;

/**
 * A view has the key of the first table behind it whose key it shows whole, as PostgREST has it, wrong as that may be
 * for a join. Which column comes from where stands in the stored query, as text only.
 */
const viewKey = `
  SELECT json_agg(va.attname ORDER BY array_position(i.indkey::int2[], e.entry[4]::int2))
  FROM pg_rewrite r
  CROSS JOIN LATERAL regexp_matches(r.ev_action::text,
    ':resno (\\d+) :resname (\\S+) :ressortgroupref \\d+ :resorigtbl (\\d+) :resorigcol (\\d+) :resjunk false', 'g')
    AS e (entry)
  JOIN pg_index i ON i.indrelid = e.entry[3]::oid AND i.indisprimary AND e.entry[4]::int2 = ANY (i.indkey::int2[])
  JOIN pg_attribute va ON va.attrelid = c.oid AND va.attnum = e.entry[1]::int2 AND va.attname = e.entry[2]
  WHERE r.ev_class = c.oid AND r.ev_type = '1'
  GROUP BY i.indrelid, i.indnkeyatts
  HAVING count(DISTINCT e.entry[4]) = i.indnkeyatts
  ORDER BY i.indrelid LIMIT 1`;

/** Tables, views, materialised views and foreign tables, with columns and key; partitions are left out. $1: schemas. */
export const tablesSql = `
  SELECT coalesce(json_agg(json_build_object(
    'schema', n.nspname,
    'name', c.relname,
    'kind', c.relkind,
    'description', obj_description(c.oid, 'pg_class'),
    'isInsertable', pg_relation_is_updatable(c.oid, true) & 8 = 8,
    'isUpdatable', pg_relation_is_updatable(c.oid, true) & 4 = 4,
    'isDeletable', pg_relation_is_updatable(c.oid, true) & 16 = 16,
    'primaryKey', coalesce((${primaryKey}), (${viewKey}), '[]'),
    'columns', coalesce((${columnList}), '[]')
  ) ORDER BY n.nspname, c.relname), '[]')::text AS list
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition AND n.nspname = ANY ($1::text[])`;

/** Foreign keys between exposed tables; `isUnique` says that a row is pointed at once at most. */
export const foreignKeysSql = `
  SELECT coalesce(json_agg(json_build_object(
    'name', k.conname,
    'schema', n.nspname,
    'table', c.relname,
    'columns', (SELECT json_agg(a.attname ORDER BY x.i) FROM unnest(k.conkey) WITH ORDINALITY x (num, i)
      JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.num),
    'targetSchema', fn.nspname,
    'target', fc.relname,
    'targetColumns', (SELECT json_agg(a.attname ORDER BY x.i) FROM unnest(k.confkey) WITH ORDINALITY x (num, i)
      JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.num),
    'isUnique', EXISTS (SELECT FROM pg_constraint u
      WHERE u.conrelid = k.conrelid AND u.contype IN ('p', 'u') AND u.conkey <@ k.conkey)
  ) ORDER BY k.conname), '[]')::text AS list
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class fc ON fc.oid = k.confrelid
  JOIN pg_namespace fn ON fn.oid = fc.relnamespace
  WHERE k.contype = 'f' AND k.conparentid = 0
    AND n.nspname = ANY ($1::text[]) AND fn.nspname = ANY ($1::text[])`;

const argumentList = `
  SELECT json_agg(json_build_object(
    'name', coalesce(p.proargnames[x.i], ''),
    'type', format_type(x.type, NULL),
    'isRequired', x.i <= p.pronargs - p.pronargdefaults,
    'isVariadic', p.provariadic <> 0 AND x.i = p.pronargs
  ) ORDER BY x.i)
  FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY x (type, i)`;

/** Functions that can be called; `shape` is what they give: void, scalar or composite. */
export const routinesSql = `
  SELECT coalesce(json_agg(json_build_object(
    'schema', n.nspname,
    'name', p.proname,
    'description', obj_description(p.oid, 'pg_proc'),
    'volatility', p.provolatile,
    'isSet', p.proretset,
    'shape', CASE
      WHEN p.prorettype = 'void'::regtype THEN 'void'
      WHEN p.proargmodes::text[] && '{t,b,o}' OR ty.typtype = 'c' OR p.prorettype = 'record'::regtype THEN 'composite'
      ELSE 'scalar' END,
    'returnSchema', rn.nspname,
    'returnType', ty.typname,
    'args', coalesce((${argumentList}), '[]')
  ) ORDER BY p.proname, p.oid), '[]')::text AS list
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_type ty ON ty.oid = p.prorettype
  JOIN pg_namespace rn ON rn.oid = ty.typnamespace
  WHERE p.prokind = 'f' AND n.nspname = ANY ($1::text[])
    AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)`;
