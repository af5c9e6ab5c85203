// By which method images are described: the six blocks, or the paper's, which has settings of its own.
import { defaultSettings, type MethodName, type MethodSettings } from '../api/settings';
import { requireSetting } from '../base/require-setting';

/** The method as it is used: `auto` is resolved. */
export type ResolvedMethod = Exclude<MethodName, 'auto'>;

/** Settings that only the paper's method has. */
const paperSettings = ['distance', 'aggregate', 'temperature'] as const satisfies (keyof MethodSettings)[];

/** Weights that only the paper's method has. */
export function isPaperWeights(weights: MethodSettings['weights']): boolean {
  return weights === 'uniform' || weights === 'hard';
}

/**
 * `auto` is the six blocks, and the paper's method where a setting asks for what only that has.
 * @throws EngineError `invalid-setting` where the blocks are asked for together with such a setting
 */
export function resolveMethod(settings: MethodSettings): ResolvedMethod {
  if (settings.method === 'paper') return 'paper';
  const asksForPaper = [
    ...paperSettings.filter((name) => settings[name] !== defaultSettings[name]),
    ...(isPaperWeights(settings.weights) ? (['weights'] as const) : []),
  ];
  if (settings.method === 'auto') return asksForPaper.length === 0 ? 'blocks' : 'paper';
  const [name] = asksForPaper;
  requireSetting(
    name === undefined,
    `The ${name} "${name && settings[name]}" belongs to the method "paper". Use that method, or leave the setting as it is.`,
  );
  return 'blocks';
}
