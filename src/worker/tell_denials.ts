/**
 * Tells of each permission that is refused, also of those whose refusal the
 * driver takes without a word: who tries doors is to be seen.
 *
 * @module
 */

/** Refusals of one driver that are told: libraries ask for the same again and again. */
const MOST = 100;

/**
 * Has `tell` hear of each refusal, the first time that its words are used.
 *
 * The class of such errors gets a base that tells, for good. What the engine
 * refuses by itself as it loads a module is an error of another class.
 */
export function tellDenials(tell: (message: string) => void): void {
  const { NotCapable } = Deno.errors;
  const Base = Object.getPrototypeOf(NotCapable) as ErrorConstructor;
  const { construct } = Reflect;
  const told: Record<string, true> = Object.create(null);
  let left = MOST;
  function Told(this: unknown, message: unknown): object {
    if (typeof message === "string" && left > 0 && !(message in told)) {
      told[message] = true;
      left--;
      tell(message);
    }
    return construct(
      Base,
      [message],
      new.target as unknown as ErrorConstructor,
    );
  }
  Told.prototype = Base.prototype;
  Object.setPrototypeOf(Told, Base);
  Object.setPrototypeOf(NotCapable, Told);
  Object.preventExtensions(NotCapable);
}
