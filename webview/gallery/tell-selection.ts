// Tells the side panel which image is selected, once a hand that goes through many rests.

const millisecondsBeforeTelling = 150;

/**
 * @param selectionNow asked when the hand rests: the side panel may have chosen something else meanwhile
 * @param tell rejects with what to show
 * @returns to be called after every new selection; the side panel can show one image, so of several it hears nothing
 */
export function selectionTeller(
  selectionNow: () => ReadonlySet<string>,
  tell: (path: string) => Promise<unknown>,
  onError: (error: unknown) => void,
): () => void {
  let waiting: number | undefined;
  return () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      const selection = selectionNow();
      const [path] = selection;
      if (path !== undefined && selection.size === 1) void tell(path).catch(onError);
    }, millisecondsBeforeTelling);
  };
}
