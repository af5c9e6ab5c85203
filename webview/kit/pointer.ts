// Following a pointer that was pressed, until it is released, wherever it goes meanwhile.

/**
 * @param down what pressed it
 * @param onMove called for each move until the release
 * @param onUp called once, with the release
 */
export function followPointer(
  element: HTMLElement,
  down: PointerEvent,
  onMove: (moved: PointerEvent) => void,
  onUp?: (released: PointerEvent) => void,
): void {
  element.setPointerCapture(down.pointerId);
  element.addEventListener('pointermove', onMove);
  element.addEventListener(
    'pointerup',
    (released) => {
      element.removeEventListener('pointermove', onMove);
      onUp?.(released);
    },
    { once: true },
  );
}
