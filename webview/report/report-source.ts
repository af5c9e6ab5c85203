// The gallery's source in a report: everything lies in the page already.
import * as l10n from '@vscode/l10n';
import type { ReportData, ReportImage } from '../../worker/api/report-data';
import { elongatedGrid } from '../../worker/features/elongation';
import type { Analysis, HeatMap } from '../../worker/api/analysis';
import type { ThumbnailUri } from '../source/protocol';
import type { GallerySource, PageState } from '../source/source';

export class ReportSource implements GallerySource {
  readonly state: PageState;
  readonly #images: ReadonlyMap<string, ReportImage>;

  constructor(readonly data: ReportData) {
    this.state = { kind: 'labels', title: data.title, labels: data.labels, analysisId: 'report' };
    this.#images = new Map(data.images.map((image) => [image.path, image]));
  }

  /** All images are there to be scrolled through and printed: its first screen is the overview. */
  readonly viewStorage = { load: () => ({ overview: false }), save: () => undefined };

  /** A report never changes. */
  subscribe(): void {}

  analysis(): Promise<Analysis> {
    const { analysis, coordinates } = this.data;
    if (!coordinates) return Promise.resolve(analysis);
    const values = decodeFloats(coordinates.values);
    return Promise.resolve({ ...analysis, coordinates: { dimensions: coordinates.dimensions, values } });
  }

  map(): Promise<Float32Array | null> {
    const { map } = this.data;
    return Promise.resolve(map === undefined ? null : decodeFloats(map));
  }

  thumbnails(paths: string[]): Promise<ThumbnailUri[]> {
    const failures = new Map(this.data.failures.map(({ path, reason }) => [path, reason]));
    return Promise.resolve(
      paths.map((path) => {
        const image = this.#images.get(path);
        return image
          ? { path, uri: image.thumbnail }
          : { path, reason: failures.get(path) ?? l10n.t('is not in this report') };
      }),
    );
  }

  picture(path: string): Promise<{ uri: string }> {
    const image = this.#images.get(path);
    return image
      ? Promise.resolve({ uri: image.thumbnail })
      : Promise.reject(new Error(l10n.t('{0} is not in this report.', path)));
  }

  heatMaps(paths: string[]): Promise<HeatMap[]> {
    const { grid, analysis } = this.data;
    const images = paths.flatMap((path) => this.#images.get(path) ?? []).filter(({ heatMap }) => heatMap !== '');
    return Promise.resolve(
      images.map(({ path, heatMap, elongation = 1 }) => ({
        path,
        grid: elongatedGrid(grid, elongation),
        distances: decodeHeatMap(heatMap, analysis.scale),
      })),
    );
  }
}

/** Distances from one byte a patch over the scale, base64. */
export function decodeHeatMap(base64: string, { min, max }: { min: number; max: number }): Float32Array {
  return Float32Array.from(decodeBytes(base64), (byte) => min + (byte / 255) * (max - min));
}

function decodeFloats(base64: string): Float32Array {
  return new Float32Array(decodeBytes(base64).buffer);
}

function decodeBytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
