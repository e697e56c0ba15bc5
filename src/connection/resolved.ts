/**
 * What a connection comes to for the step that owns it.
 *
 * @module
 */

/** A connection with its variables substituted. Never printed or stored. */
export interface ResolvedConnection {
  /** What kind of thing it leads to: `mysql`. */
  readonly family: string;
  /** Its name within the family. */
  readonly alias: string;
  /** All fields, secrets included: for the owning step only. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The fields that the user wrote: those without the defaults of the driver's schema. */
  readonly written?: Readonly<Record<string, unknown>>;
  /** The values to mask in every text that leaves. */
  readonly secrets: readonly string[];
}
