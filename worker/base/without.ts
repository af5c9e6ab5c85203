// An object without some of its keys.

/** A copy without keys that an object of its type may lack; the others keep their order. */
export function without<T extends object>(object: T, ...keys: readonly (keyof T)[]): T {
  const copy: Partial<T> = { ...object };
  for (const key of keys) delete copy[key];
  return copy as T;
}
