// How the labels of tests were made, where it does not matter.
import type { LabelMethod } from '../../worker/labels';

/** A run's method with the default settings. */
export const labelMethod = {
  model: 'm@0',
  distance: 'weighted-average',
  weights: 'unsupervised',
  aggregate: 'mean',
  references: 'all',
  seed: 0,
  temperature: 'auto',
  clusterer: 'ward',
  clusters: 'auto',
} satisfies LabelMethod;
