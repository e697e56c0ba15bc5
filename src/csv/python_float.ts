/**
 * Floats as Python writes them (`3.0`, `1e-05`), which is how much of the CSV
 * in the world was written: read as such, a column is written back as it was.
 *
 * @module
 */

/** Key of the field metadata that says how a column's floats were written. */
export const FLOAT_STYLE = "csv.float";

/** Value of {@linkcode FLOAT_STYLE}: as `repr` does. */
export const PYTHON = "python";

/** The text that Python's `repr` gives for a float. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) {
    return String(value).replace("Infinity", "inf").replace("NaN", "nan");
  }
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e16)) {
    const text = Object.is(value, -0) ? "-0" : String(value);
    return Number.isInteger(value) ? `${text}.0` : text;
  }
  const [digits, exponent] = value.toExponential().split("e");
  const power = Number(exponent);
  const padded = String(Math.abs(power)).padStart(2, "0");
  return `${digits}e${power < 0 ? "-" : "+"}${padded}`;
}
