// Keeps the last result of a function: what 20,000 images were sorted into is not sorted again for a click.

/** The function, computed again only when one of its arguments is another than the last time. */
export function latest<Args extends readonly unknown[], Result>(
  compute: (...args: Args) => Result,
): (...args: Args) => Result {
  let known: { args: Args; result: Result } | undefined;
  return (...args) => {
    if (!known || args.some((arg, i) => !Object.is(arg, known!.args[i]))) known = { args, result: compute(...args) };
    return known.result;
  };
}
