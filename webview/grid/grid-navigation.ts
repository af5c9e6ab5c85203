// Where the arrow keys lead in a gallery of several grids below each other. Pure: it knows numbers of tiles, not elements.
import { isControl, type KeyStroke } from '../kit/keys';

export interface Position {
  /** Index of the cluster. */
  section: number;
  /** Index of the image in it. */
  index: number;
}

/**
 * Left and right go on across the ends of rows and clusters; up and down keep the column, also into the next cluster; Home and End
 * are the ends of the cluster, with Ctrl (or Cmd) those of the gallery.
 * @param sizes number of images of each cluster
 * @param columnsOf number of tiles in a row of each cluster
 * @returns undefined when the key is not for moving or there is nothing in that direction
 */
export function move(
  sizes: readonly number[],
  from: Position,
  stroke: Pick<KeyStroke, 'key' | 'ctrlKey' | 'metaKey'>,
  columnsOf: (section: number) => number,
): Position | undefined {
  const { key } = stroke;
  const everywhere = isControl(stroke);
  const { section, index } = from;
  const size = sizes[section] ?? 0;
  const columns = columnsOf(section);
  if (everywhere && key !== 'Home' && key !== 'End') return undefined;
  switch (key) {
    case 'ArrowLeft':
      return index > 0 ? { section, index: index - 1 } : last(sizes, before(sizes, section));
    case 'ArrowRight':
      return index + 1 < size ? { section, index: index + 1 } : first(after(sizes, section));
    case 'ArrowUp':
      return index >= columns
        ? { section, index: index - columns }
        : lastRow(sizes, before(sizes, section), index % columns, columnsOf);
    case 'ArrowDown': {
      const rowStart = index - (index % columns);
      if (rowStart + columns < size) return { section, index: Math.min(index + columns, size - 1) };
      const next = after(sizes, section);
      return next === undefined ? undefined : { section: next, index: Math.min(index % columns, sizes[next]! - 1) };
    }
    case 'Home':
      return first(everywhere ? after(sizes, -1) : section);
    case 'End':
      return last(sizes, everywhere ? before(sizes, sizes.length) : section);
    default:
      return undefined;
  }
}

/** The nearest section above that has images. */
function before(sizes: readonly number[], section: number): number | undefined {
  for (let i = section - 1; i >= 0; i--) if (sizes[i]! > 0) return i;
  return undefined;
}

/** The nearest section below that has images. */
function after(sizes: readonly number[], section: number): number | undefined {
  for (let i = section + 1; i < sizes.length; i++) if (sizes[i]! > 0) return i;
  return undefined;
}

function first(section: number | undefined): Position | undefined {
  return section === undefined ? undefined : { section, index: 0 };
}

function last(sizes: readonly number[], section: number | undefined): Position | undefined {
  return section === undefined ? undefined : { section, index: sizes[section]! - 1 };
}

/** The tile of a column in a section's last row, or the last one where that row is shorter. */
function lastRow(
  sizes: readonly number[],
  section: number | undefined,
  column: number,
  columnsOf: (section: number) => number,
): Position | undefined {
  if (section === undefined) return undefined;
  const size = sizes[section]!;
  const columns = columnsOf(section);
  const rowStart = Math.floor((size - 1) / columns) * columns;
  return { section, index: Math.min(rowStart + column, size - 1) };
}
