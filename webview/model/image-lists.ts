// Lists of images that are shown in the place of the clusters: those that are similar to one, and those to check. Pure.
import * as l10n from '@vscode/l10n';
import type { RegionMatch } from '../../worker/api/requests';
import { threeDigits } from '../kit/format';
import type { GalleryModel } from './gallery-model';
import type { ImageList } from './interaction';
import { escapeSuspects } from './learning';
import { nearestRows } from './measures';

/** Images of a search for places: more are not looked at in one go. */
export const listLength = 60;

/** The images nearest to one, itself first; undefined where there are no distances to it. */
export function similarImages({ analysis, images }: GalleryModel, path: string): ImageList | undefined {
  if (!analysis?.coordinates) return undefined;
  const row = analysis.images.findIndex((image) => image.path === path);
  if (row < 0) return undefined;
  const nearest = nearestRows(analysis.coordinates, row);
  return {
    title: l10n.t('Similar to {0}', images.get(path)?.fileName ?? path),
    paths: nearest.map(({ row: each }) => analysis.images[each]!.path),
    values: new Map(
      nearest.map(({ row: each, distance }) => [
        analysis.images[each]!.path,
        each === row ? l10n.t('this image') : l10n.t('distance {0}', threeDigits(distance)),
      ]),
    ),
  };
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
  const suspects = escapeSuspects(model);
  return {
    title: l10n.t('Escape check: marked OK, the most suspicious first'),
    paths: suspects.map(({ path }) => path),
    values: new Map(suspects.map(({ path, value }) => [path, value])),
    isQueue: true,
  };
}
