// The answer's body, made by PostgreSQL itself so that every digit is as PostgREST gives it.

/** What the body is to be (docs, "Resource Representation"). */
export interface BodyForm {
  kind: "json" | "csv" | "none";
  /** One object instead of an array (› Singular or Plural). */
  isSingular: boolean;
  /** Keys with null are left out (› Stripped Nulls). */
  isStripped: boolean;
}

/** An expression over rows named `_body`; `value` is the column to give alone, for functions that return scalars. */
export function bodySql(form: BodyForm, value: string = "_body"): string {
  // An aggregate even here: there must be one row of results where there are no rows to show.
  if (form.kind === "none") return "coalesce(max(''), '')";
  if (form.kind === "csv") return csvSql;
  const array = form.isStripped
    ? `json_strip_nulls(json_agg(${value}))`
    : `json_agg(${value})`;
  return form.isSingular
    ? `coalesce((${array}->0)::text, 'null')`
    : `coalesce(${array}::text, '[]')`;
}

/** A header of names and each row as its record text: nothing for NULL, `""` for an empty text. */
const csvSql = `
  coalesce((SELECT string_agg(key, ',') FROM (
    SELECT json_object_keys(row_to_json(first)) AS key FROM (SELECT * FROM pgrst_body LIMIT 1) AS first) AS keys), '')
  || E'\\n' || coalesce(string_agg(substring(_body::text, 2, length(_body::text) - 2), E'\\n'), '')`;
