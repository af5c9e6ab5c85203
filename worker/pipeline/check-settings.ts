// Settings that a run cannot work with are refused before any work is done.
import {
  aggregateNames,
  alignNames,
  clustererNames,
  isTrained,
  distanceNames,
  methodNames,
  pageNames,
  trainedClustererNames,
  weightNames,
  type MethodSettings,
} from '../api/settings';
import { isHausdorff } from '../bags/hausdorff';
import { requireSetting } from '../base/require-setting';
import { resolveMethod } from '../describe/method';
import { needsVectors } from '../clustering/clusterers';

/** @throws EngineError `invalid-setting`, saying what the setting takes */
export function checkSettings(settings: MethodSettings): void {
  const { clusters, temperature, references, seed, hardPatches, distance, clusterer } = settings;
  const isCount = (value: number, least: number) => Number.isInteger(value) && value >= least;
  requireSetting(
    clusters === 'auto' || isCount(clusters, 1),
    `The number of clusters is "auto" or 1 or more, not ${clusters}.`,
  );
  requireSetting(
    temperature === 'auto' || (Number.isFinite(temperature) && temperature > 0),
    `The temperature is "auto" or a number above 0 in distance units, not ${temperature}.`,
  );
  requireSetting(
    references === 'auto' || isCount(references, 2),
    `The number of reference images is "auto" or 2 or more, not ${references}.`,
  );
  requireSetting(Number.isInteger(seed), `The seed is a whole number, not ${seed}.`);
  requireSetting(isCount(hardPatches, 1), `Hard weights choose 1 patch or more, not ${hardPatches}.`);
  requireSetting(pageNames.includes(settings.pages), `The pages are "first" or "all", not ${settings.pages}.`);
  requireOneOf('align', settings.align, alignNames);
  requireOneOf('method', settings.method, methodNames);
  requireOneOf('distance', distance, distanceNames);
  requireOneOf('weights', settings.weights, weightNames);
  requireOneOf('aggregate', settings.aggregate, aggregateNames);
  requireOneOf('clusterer', clusterer, [...clustererNames, ...trainedClustererNames]);
  requireSetting(
    !(settings.regions && isTrained(clusterer)),
    `The clusterer "${clusterer}" trains on whole images. Use another one for regions.`,
  );
  const method = resolveMethod(settings);
  requireSetting(
    !settings.regions || method === 'blocks',
    'Regions are described by the blocks, and the settings ask for the method of the paper. Leave one of the two.',
  );
  requireSetting(
    !((isTrained(clusterer) || needsVectors(clusterer)) && isHausdorff(distance)),
    `The clusterer "${clusterer}" needs one vector an image, and the distance "${distance}" has none. Use the distance "weighted-average", or another clusterer.`,
  );
}

function requireOneOf(what: string, value: string, names: readonly string[]): void {
  requireSetting(names.includes(value), `The ${what} is one of ${names.join(', ')}; not ${value}.`);
}
