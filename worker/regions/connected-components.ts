// Connected parts of a raster: cells that touch each other, corners included.

/** (height, width), row-major. */
export interface Raster {
  width: number;
  height: number;
  values: ArrayLike<number>;
}

/**
 * The connected parts of the cells that are wanted, each by its cells in rising order; in the order of their first cells.
 * @param isWanted by index
 */
export function connectedComponents(
  { width, height }: Pick<Raster, 'width' | 'height'>,
  isWanted: (cell: number) => boolean,
): Int32Array[] {
  const isSeen = new Uint8Array(width * height);
  const found: Int32Array[] = [];
  const pending: number[] = [];
  for (let start = 0; start < isSeen.length; start++) {
    if (isSeen[start] || !isWanted(start)) continue;
    isSeen[start] = 1;
    pending.push(start);
    const cells: number[] = [];
    for (let cell = pending.pop(); cell !== undefined; cell = pending.pop()) {
      cells.push(cell);
      forNeighbours(cell, width, height, (other) => {
        if (isSeen[other] || !isWanted(other)) return;
        isSeen[other] = 1;
        pending.push(other);
      });
    }
    found.push(Int32Array.from(cells).sort());
  }
  return found;
}

/** Calls with each of the up to eight cells around one. */
export function forNeighbours(cell: number, width: number, height: number, each: (other: number) => void): void {
  const x = cell % width;
  const y = (cell - x) / width;
  for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, height - 1); row++) {
    for (let column = Math.max(x - 1, 0); column <= Math.min(x + 1, width - 1); column++) {
      const other = row * width + column;
      if (other !== cell) each(other);
    }
  }
}

/**
 * How many connected parts there are above each of some levels, by one sweep from the highest down.
 * @param levels falling
 * @param least cells of a part that counts
 * @returns (levels)
 */
export function countsByLevel({ width, height, values }: Raster, levels: readonly number[], least: number): number[] {
  const parents = new Int32Array(width * height).fill(-1);
  const sizes = new Int32Array(width * height);
  const rootOf = (cell: number): number => {
    let root = cell;
    while (parents[root] !== root) root = parents[root]!;
    while (parents[cell] !== root) [cell, parents[cell]] = [parents[cell]!, root];
    return root;
  };
  const waiting: number[][] = levels.map(() => []);
  for (let cell = 0; cell < parents.length; cell++) {
    const level = levels.findIndex((each) => values[cell]! >= each);
    if (level >= 0) waiting[level]!.push(cell);
  }
  let count = 0;
  return waiting.map((cells) => {
    for (const cell of cells) {
      parents[cell] = cell;
      sizes[cell] = 1;
      if (least <= 1) count++;
      forNeighbours(cell, width, height, (other) => {
        if (parents[other] === -1) return;
        const [a, b] = [rootOf(cell), rootOf(other)];
        if (a === b) return;
        const size = sizes[a]! + sizes[b]!;
        const were = Number(sizes[a]! >= least) + Number(sizes[b]! >= least);
        parents[b] = a;
        sizes[a] = size;
        count += Number(size >= least) - were;
      });
    }
    return count;
  });
}
