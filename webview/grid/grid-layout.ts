// Where everything lies in a gallery of several grids below each other. Pure: only what is near the viewport becomes elements.
import type { Arrangement } from '../model/interaction';

/** In CSS pixels. */
export interface Measures {
  /** Of the clusters' container. */
  width: number;
  /** Side of a thumbnail. */
  tileSize: number;
  /** What rows may take together, so that they are seen at once. */
  room: number;
}

/** What is laid out: how a cluster's images lie, and how many there are. */
export interface SectionShape {
  arrangement: Arrangement;
  count: number;
}

export const measures = {
  gutter: 16,
  padding: 4,
  caption: 19,
  gap: 4,
  heading: 40,
  sectionEnd: 16,
  /** Beside a row: the width of its heading, and the least height that it needs. */
  rowHeading: 236,
  leastRow: 56,
  rowEnd: 8,
} as const;

/** Smaller thumbnails in a row say nothing; where rows have no room, the page scrolls. */
const smallestInRow = 72;
/** Narrower pages have no room for headings beside the rows. */
const narrowest = 600;

export interface SectionLayout {
  /** From the top of the container, of the heading. */
  top: number;
  /** Heading, rows and the space below. */
  height: number;
  arrangement: Arrangement;
  /** Whether the heading stands beside the images. */
  hasHeadingBeside: boolean;
  /** Images that are placed. */
  count: number;
  /** Images that a row has no room for. */
  more: number;
  /** From the section's top to its first row, and from its left to the first column. */
  gridTop: number;
  left: number;
  columns: number;
  /** From one tile to the next. */
  columnWidth: number;
  rowHeight: number;
  /** Side of a thumbnail. */
  tileSize: number;
  tileHeight: number;
}

export interface GridLayout {
  sections: SectionLayout[];
  height: number;
}

/** Lays sections out below each other. */
export function layoutGrid(shapes: readonly SectionShape[], sizes: Measures): GridLayout {
  const rowTile = tileSizeInRows(shapes, sizes);
  let top = 0;
  const sections = shapes.map((shape) => {
    const section = shape.arrangement === 'row' ? layoutRow(shape, sizes, rowTile, top) : layoutOpen(shape, sizes, top);
    top += section.height;
    return section;
  });
  return { sections, height: top };
}

/** As large as all rows together have room for, and no larger than wished. */
function tileSizeInRows(shapes: readonly SectionShape[], { width, tileSize, room }: Measures): number {
  const rows = shapes.filter(({ arrangement }) => arrangement === 'row').length;
  const { padding, rowEnd, heading } = measures;
  const beside = 2 * padding + rowEnd + (width < narrowest ? heading : 0);
  return Math.max(Math.min(smallestInRow, tileSize), Math.min(tileSize, Math.floor(room / Math.max(rows, 1)) - beside));
}

function layoutRow({ count }: SectionShape, { width }: Measures, tileSize: number, top: number): SectionLayout {
  const { gutter, padding, gap, heading, rowHeading, leastRow, rowEnd } = measures;
  const hasHeadingBeside = width >= narrowest;
  const tile = tileSize + 2 * padding;
  const left = hasHeadingBeside ? rowHeading : gutter;
  const columns = Math.max(1, Math.floor((width - left - gutter + gap) / (tile + gap)));
  // The last place says how many more there are.
  const placed = count <= columns ? count : Math.max(1, columns - 1);
  const gridTop = hasHeadingBeside ? 0 : heading;
  return {
    top,
    height: gridTop + Math.max(tile, hasHeadingBeside ? leastRow : 0) + rowEnd,
    arrangement: 'row',
    hasHeadingBeside,
    count: placed,
    more: count - placed,
    gridTop,
    left,
    columns,
    columnWidth: tile + gap,
    rowHeight: tile + gap,
    tileSize,
    tileHeight: tile,
  };
}

function layoutOpen(
  { arrangement, count: all }: SectionShape,
  { width, tileSize }: Measures,
  top: number,
): SectionLayout {
  const { gutter, padding, caption, gap, heading, sectionEnd } = measures;
  const [tileWidth, tileHeight] = [tileSize + 2 * padding, tileSize + 2 * padding + caption];
  const [columnWidth, rowHeight] = [tileWidth + gap, tileHeight + gap];
  const columns = Math.max(1, Math.floor((width - 2 * gutter + gap) / columnWidth));
  const count = arrangement === 'folded' ? 0 : all;
  return {
    top,
    height: heading + Math.ceil(count / columns) * rowHeight + sectionEnd,
    arrangement,
    hasHeadingBeside: false,
    count,
    more: 0,
    gridTop: heading,
    left: gutter,
    columns,
    columnWidth,
    rowHeight,
    tileSize,
    tileHeight,
  };
}

/** Place of a tile within its section's grid, whose top is the first row's. */
export function tilePlace(
  { left, columns, columnWidth, rowHeight }: SectionLayout,
  index: number,
): { x: number; y: number } {
  return { x: left + (index % columns) * columnWidth, y: Math.floor(index / columns) * rowHeight };
}

/** Tiles of a section that touch a stretch of the container. @returns first, and the one after the last */
export function tilesWithin(section: SectionLayout, from: number, to: number): [number, number] {
  const { columns, rowHeight, top, gridTop, count } = section;
  const firstRow = Math.max(0, Math.floor((from - top - gridTop) / rowHeight));
  const endRow = Math.max(firstRow, Math.ceil((to - top - gridTop) / rowHeight));
  const clamp = (index: number) => Math.min(index, count);
  return [clamp(firstRow * columns), clamp(endRow * columns)];
}

/** Top and bottom of a tile in the container. */
export function tileSpan(section: SectionLayout, index: number): { top: number; bottom: number } {
  const top = section.top + section.gridTop + tilePlace(section, index).y;
  return { top, bottom: top + section.tileHeight };
}
