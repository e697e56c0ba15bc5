// What had the global name "aq" before Arquero's file took it: see arquero.ts.
/** Null when nothing had. */
export const before: PropertyDescriptor | null =
  Object.getOwnPropertyDescriptor(globalThis, "aq") ?? null;
