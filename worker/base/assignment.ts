// One-to-one matching of rows to columns with the largest total weight, where most pairs have none: clusters with clusters, or with classes.
import { Heap } from 'heap-js';

/** Weights of the pairs that have one, above 0, by row, then by column. */
export type SparseWeights = ReadonlyMap<number, ReadonlyMap<number, number>>;

/**
 * The Hungarian method on a sparse bipartite graph: shortest augmenting paths in reduced costs (Edmonds and Karp 1972; Tomizawa 1971). Time
 * grows with rows times pairs at worst and not with the cube of the rows; few pairs are looked at where the two sides agree.
 * @returns column by row; rows whose pairs are better used by others are left out. The same input gives the same result.
 */
export function bestAssignment(weights: SparseWeights): Map<number, number> {
  const rowOf = new Map<number, number>();
  const columnOf = new Map<number, number>();
  /** Dual prices: price of row + price of column ≥ weight, with equality for what is matched, and 0 for what is not. */
  const rowPrice = new Map<number, number>();
  const columnPrice = new Map<number, number>();
  const rows = [...weights.keys()].sort((a, b) => a - b);
  for (const row of rows) rowPrice.set(row, Math.max(0, ...weights.get(row)!.values()));

  for (const start of rows) {
    const rowDistance = new Map([[start, 0]]);
    const columnDistance = new Map<number, number>();
    const cameFrom = new Map<number, number>();
    const settled = new Set<number>();
    const open = new Heap<{ column: number; distance: number }>(
      (a, b) => a.distance - b.distance || a.column - b.column,
    );
    // Where a path may end: at a column that is free, or at a row that goes without.
    let end: { distance: number; row: number; column?: number } = { distance: rowPrice.get(start)!, row: start };
    const visit = (row: number, distance: number) => {
      for (const [column, weight] of weights.get(row)!) {
        if (settled.has(column)) continue;
        const reduced = rowPrice.get(row)! + (columnPrice.get(column) ?? 0) - weight;
        const reached = distance + reduced;
        if (reached >= (columnDistance.get(column) ?? Infinity) || reached > end.distance) continue;
        columnDistance.set(column, reached);
        cameFrom.set(column, row);
        open.push({ column, distance: reached });
      }
    };
    visit(start, 0);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { column, distance } = next;
      if (distance > end.distance) break;
      if (settled.has(column)) continue;
      settled.add(column);
      const row = rowOf.get(column);
      if (row === undefined) {
        end = { distance, row: cameFrom.get(column)!, column };
        break;
      }
      rowDistance.set(row, distance);
      const without = distance + rowPrice.get(row)!;
      if (without < end.distance) end = { distance: without, row };
      visit(row, distance);
    }

    for (const [row, distance] of rowDistance)
      if (distance < end.distance) rowPrice.set(row, rowPrice.get(row)! - (end.distance - distance));
    for (const column of settled) {
      const gain = end.distance - columnDistance.get(column)!;
      if (gain > 0) columnPrice.set(column, (columnPrice.get(column) ?? 0) + gain);
    }
    // Along the path, every row takes the column that it came from; the last row goes without where no column is free.
    let { row, column } = end;
    if (column === undefined) {
      column = columnOf.get(row);
      columnOf.delete(row);
    }
    while (column !== undefined) {
      row = cameFrom.get(column)!;
      const before = columnOf.get(row);
      columnOf.set(row, column);
      rowOf.set(column, row);
      column = row === start ? undefined : before;
    }
  }
  return columnOf;
}
