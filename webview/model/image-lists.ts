// Lists of images that are shown in the place of the clusters: those that are similar to one, and those to check. Pure.
import * as l10n from '@vscode/l10n';
import type { RegionMatch } from '../../worker/api/requests';
import type { GalleryModel } from './gallery-model';
import type { ImageList } from './interaction';
import { escapeSuspects } from './learning';
import { nearestRows } from './measures';

/** Images of a queue or of a search: more are not looked at in one go. */
export const listLength = 60;

/** The images nearest to one, itself first; undefined where there are no distances to it. */
export function similarImages({ analysis, images }: GalleryModel, path: string): ImageList | undefined {
  if (!analysis?.coordinates) return undefined;
  const row = analysis.images.findIndex((image) => image.path === path);
  if (row < 0) return undefined;
  const paths = nearestRows(analysis.coordinates, row)
    .slice(0, listLength)
    .map((each) => analysis.images[each]!.path);
  return { title: l10n.t('Similar to {0}', images.get(path)?.fileName ?? path), paths };
}

/** The images that look somewhere as one does in a region, with the places marked. */
export function similarPlaces({ images }: GalleryModel, path: string, matches: readonly RegionMatch[]): ImageList {
  return {
    title: l10n.t('Similar to a place in {0}', images.get(path)?.fileName ?? path),
    paths: matches.map((match) => match.path),
    places: new Map(matches.map((match) => [match.path, match.place])),
  };
}

/** The most suspicious images of the clusters that are marked OK, which leave the list once a person has decided on them. */
export function escapeCheck(model: GalleryModel): ImageList {
  const paths = escapeSuspects(model).slice(0, listLength);
  return { title: l10n.t('Escape check: marked OK, the most suspicious first'), paths, isQueue: true };
}
