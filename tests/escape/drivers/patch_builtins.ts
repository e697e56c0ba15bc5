// Replaces what our code calls: JSON, arrays, maps, promises.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  const lie = (): never => {
    throw new Error("was here");
  };
  JSON.stringify = lie;
  Object.entries = lie;
  Object.fromEntries = lie;
  Map.prototype.get = lie;
  Array.prototype.map = lie;
  Promise.prototype.finally = lie;
  return NOTHING;
});
