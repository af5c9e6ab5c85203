// How clusters look and are called wherever they are shown.
import type { LabelCluster } from './document';

/**
 * Twelve colours that stay apart for colour-blind people and on light and dark backgrounds: Paul Tol's "bright" and "muted"
 * qualitative schemes (https://personal.sron.nl/~pault), interleaved, without the ones too pale or too dark for both.
 */
const colors = [
  '#4477AA',
  '#EE6677',
  '#228833',
  '#CCBB44',
  '#66CCEE',
  '#AA3377',
  '#DDA15E',
  '#44AA99',
  '#9B7EDE',
  '#999933',
  '#CC6677',
  '#8C8C8C',
] as const;

/** Colour of a cluster as #rrggbb; a cluster without a colour gets one by its id. */
export function clusterColor(color: number | undefined, id: number): string {
  return colors[(color ?? id - 1) % colors.length] ?? colors[0];
}

/** What a cluster is called: its name or, until it has one, its number. */
export function clusterTitle({ id, name }: Pick<LabelCluster, 'id' | 'name'>): string {
  return name.trim() === '' ? `Cluster ${id}` : name;
}
