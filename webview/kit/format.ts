// How numbers are written on the page, in its language, and the nouns that they are about.
import * as l10n from '@vscode/l10n';
import { language } from './l10n';

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const thousandths = new Intl.NumberFormat(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const significant = { maximumSignificantDigits: 3, useGrouping: false } as const;
const [plain, scientific] = (['standard', 'scientific'] as const).map(
  (notation) => new Intl.NumberFormat(language, { ...significant, notation }),
) as [Intl.NumberFormat, Intl.NumberFormat];

/** "1 image", "1,234 images". */
export function numberOfImages(images: number): string {
  return images === 1 ? l10n.t('1 image') : l10n.t('{0} images', images.toLocaleString(language));
}

/** "1 region", "1,234 images". */
export function numberOfItems(count: number, areRegions: boolean): string {
  if (!areRegions) return numberOfImages(count);
  return count === 1 ? l10n.t('1 region') : l10n.t('{0} regions', count.toLocaleString(language));
}

/** "1 region in 1 image", "91 regions in 83 images". */
export function regionsInImages(regions: number, images: number): string {
  const [n, k] = [regions.toLocaleString(language), images.toLocaleString(language)];
  if (images === 1) return regions === 1 ? l10n.t('1 region in 1 image') : l10n.t('{0} regions in 1 image', n);
  return regions === 1 ? l10n.t('1 region in {0} images', k) : l10n.t('{0} regions in {1} images', n, k);
}

/** "1 cluster", "12 clusters". */
export function numberOfClusters(clusters: number): string {
  return clusters === 1 ? l10n.t('1 cluster') : l10n.t('{0} clusters', clusters.toLocaleString(language));
}

/** "1,234 images in 5 clusters". */
export function imagesInClusters(images: number, clusters: number): string {
  const [n, k] = [images.toLocaleString(language), clusters.toLocaleString(language)];
  if (clusters === 1) return images === 1 ? l10n.t('1 image in 1 cluster') : l10n.t('{0} images in 1 cluster', n);
  return images === 1 ? l10n.t('1 image in {0} clusters', k) : l10n.t('{0} images in {1} clusters', n, k);
}

/** For the pages of benchmarks, which are in English only. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** A share of 0 to 1: "4.2 %", "38 %". */
export function percent(share: number): string {
  const value = share * 100;
  return `${(value < 9.95 && value > 0 ? tenths : whole).format(value)} %`;
}

/** The smallest percentage that says something. */
const leastPercent = 0.001;

/** A share of 0 to 1 that may be small, with three significant digits: "0.0420 %", "< 0.001 %". */
export function finePercent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < leastPercent) return `< ${leastPercent.toLocaleString(language)} %`;
  return `${value.toLocaleString(language, { ...significant, minimumSignificantDigits: 3 })} %`;
}

/** A distance, or what is measured in distances or divided by them, with three significant digits: "0.123", "1.2E-7". */
export function threeDigits(value: number): string {
  return (isTiny(value) ? scientific : plain).format(value);
}

/** A measure of 0 to 1, as of agreement with ground truth: "0.873". */
export function threeDecimals(value: number): string {
  return thousandths.format(value);
}

/** Too small to be read without an exponent. */
function isTiny(value: number): boolean {
  return value !== 0 && Math.abs(value) < 1e-6;
}

/** The last part of a path with "/". */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The last folder and the file's name. */
export function shortPath(path: string): string {
  return path.split('/').slice(-2).join('/');
}
