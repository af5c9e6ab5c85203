// Finding lines of a list by their paths, again and again for lists that are nearly always in the same order.

/**
 * Looks items up by path: at once where they are asked for in the order of the list, and otherwise in a table, which is made then. One of many
 * thousands takes as long as all the rest of what is done with them.
 * @param items with paths that are there once
 */
export function finderByPath<Item extends { path: string }>(
  items: readonly Item[],
): (path: string) => Item | undefined {
  let at = 0;
  let table: Map<string, Item> | undefined;
  return (path) => {
    const next = items[at];
    if (next?.path === path) {
      at++;
      return next;
    }
    table ??= new Map(items.map((item) => [item.path, item]));
    return table.get(path);
  };
}
