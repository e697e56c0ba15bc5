/**
 * Ways to make something unusable so that it can't be put back.
 *
 * @module
 */

/** Makes a property undefined for good. */
export function remove(owner: object, name: PropertyKey): void {
  put(owner, name, undefined);
}

/** Makes methods throw for good. @param what Whose they are, for the message. */
export function deny(
  owner: object,
  names: readonly string[],
  what: string,
): void {
  for (const name of names) {
    if (name in owner) put(owner, name, denied(`${what}.${name}`));
  }
}

/** Makes a derived class that can't be constructed, whoever holds it. */
export function close(derived: object | undefined, what: string): void {
  // `super()` calls whatever the prototype of the class is at that moment.
  if (derived) Object.setPrototypeOf(derived, denied(what));
}

/** A function, and constructor, that throws. */
export function denied(what: string): () => never {
  const NotCapable = Deno.errors.NotCapable;
  const message = `${what} is not available to drivers`;
  return function (): never {
    throw new NotCapable(message);
  };
}

/** Puts a value in a property's place for good. */
export function put(owner: object, name: PropertyKey, value: unknown): void {
  try {
    Object.defineProperty(owner, name, {
      value,
      writable: false,
      configurable: false,
      enumerable: false,
    });
  } catch {
    // Not configurable: permissions still hold; nothing more can be done here.
  }
}
