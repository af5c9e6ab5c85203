// Where everything lies in a gallery of several grids below each other. Pure: only what is near the viewport becomes elements.

/** In CSS pixels. */
export interface Measures {
  /** Of the clusters' container. */
  width: number;
  /** Side of a thumbnail. */
  tileSize: number;
}

export const measures = { gutter: 16, padding: 4, caption: 19, gap: 4, heading: 40, sectionEnd: 16 } as const;

export interface SectionLayout {
  /** From the top of the container, of the heading. */
  top: number;
  /** Heading, rows and the space below. */
  height: number;
  count: number;
}

export interface GridLayout {
  columns: number;
  /** From one tile to the next. */
  columnWidth: number;
  rowHeight: number;
  tileWidth: number;
  tileHeight: number;
  sections: SectionLayout[];
  height: number;
}

/** @param counts images of each section; a folded one has none */
export function layoutGrid(counts: readonly number[], { width, tileSize }: Measures): GridLayout {
  const { gutter, padding, caption, gap, heading, sectionEnd } = measures;
  const [tileWidth, tileHeight] = [tileSize + 2 * padding, tileSize + 2 * padding + caption];
  const columnWidth = tileWidth + gap;
  const columns = Math.max(1, Math.floor((width - 2 * gutter + gap) / columnWidth));
  const rowHeight = tileHeight + gap;
  let top = 0;
  const sections = counts.map((count) => {
    const section = { top, height: heading + Math.ceil(count / columns) * rowHeight + sectionEnd, count };
    top += section.height;
    return section;
  });
  return { columns, columnWidth, rowHeight, tileWidth, tileHeight, sections, height: top };
}

/** Place of a tile within its section's grid, whose top is the first row's. */
export function tilePlace({ columns, columnWidth, rowHeight }: GridLayout, index: number): { x: number; y: number } {
  return { x: measures.gutter + (index % columns) * columnWidth, y: Math.floor(index / columns) * rowHeight };
}

/** Tiles of a section that touch a stretch of the container. @returns first, and the one after the last */
export function tilesWithin(layout: GridLayout, section: number, from: number, to: number): [number, number] {
  const { columns, rowHeight, sections } = layout;
  const { top, count } = sections[section]!;
  const gridTop = top + measures.heading;
  const firstRow = Math.max(0, Math.floor((from - gridTop) / rowHeight));
  const endRow = Math.max(firstRow, Math.ceil((to - gridTop) / rowHeight));
  const clamp = (index: number) => Math.min(index, count);
  return [clamp(firstRow * columns), clamp(endRow * columns)];
}

/** Top and bottom of a tile in the container. */
export function tileSpan(layout: GridLayout, section: number, index: number): { top: number; bottom: number } {
  const top = layout.sections[section]!.top + measures.heading + tilePlace(layout, index).y;
  return { top, bottom: top + layout.tileHeight };
}
