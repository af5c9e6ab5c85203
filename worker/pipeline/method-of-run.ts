// By which method a folder is clustered: a folder with labels by that of its label file, unless the person asks for another one.
import { basename, relative, resolve, sep } from 'node:path';
import type { ClusterRequest } from '../api/requests';
import { defaultSettings, type AlignName, type MethodSettings } from '../api/settings';
import { EngineError } from '../api/errors';
import { isPaperWeights, resolveMethod } from '../describe/method';
import type { LabelDocument, LabelMethod } from '../labels';
import { readCatalogue } from '../models/catalogue';
import { parseModelName } from '../models/name';
import type { PartsWay } from '../parts/turn';

const methodSettings = Object.keys(defaultSettings) as (keyof MethodSettings)[];

/** What a run does, once the label file and the person's wishes are known. */
export interface RunPlan {
  settings: MethodSettings;
  /** Absolute path of the folder of normal images that a person named, now or when the label file was made. */
  normalFolder?: string;
  /** Which way parts point, as the label file says. */
  way?: PartsWay;
  /** The area that counts, as the label file names it; absent: all of each image. */
  area?: string;
  /** The method is another one than the label file's, or the person asks for it: all images that are not pinned are grouped anew. */
  regroup: boolean;
  /** There is a label file, whose clusters the new ones follow. */
  follows: boolean;
  /** Settings that a person changed from their defaults, and that do not count because the label file's method does. */
  unused: (keyof MethodSettings)[];
}

/**
 * @param known what networks this machine knows: the folder of the catalogue, and the network of the folder's last run, where there was one;
 * and the area that counts, as the label file names it
 * @throws EngineError `model-not-found` when the label file was made with a network of the person's own, and nobody says where it is
 */
export async function planRun(
  request: ClusterRequest,
  previous: LabelDocument | undefined,
  known: { modelsFolder: string; lastNetwork?: string | undefined; area?: string | undefined },
): Promise<RunPlan> {
  const { settings, overrides = {}, folder, normalFolder, regroup = false } = request;
  const area = known.area === undefined ? {} : { area: known.area };
  if (previous === undefined) {
    return {
      settings: { ...settings, ...overrides },
      ...(normalFolder === undefined ? {} : { normalFolder }),
      ...area,
      regroup,
      follows: false,
      unused: [],
    };
  }
  const { method } = previous;
  const named = overrides.model ?? (await networkOf(method, [settings.model, known.lastNetwork], known.modelsFolder));
  const before = { ...settings, ...settingsOf(method), model: named };
  const wanted = { ...before, ...methodWanted(before, overrides, settings), ...overrides };
  const oldNormals = method.normal === undefined ? undefined : resolve(request.tars?.pictures ?? folder, method.normal);
  const normals = normalFolder ?? (wanted.weights === before.weights ? oldNormals : undefined);
  // Normal images that are named now are meant to be used.
  if (normals !== oldNormals && overrides.weights === undefined) wanted.weights = 'auto';
  const isOther =
    normals !== oldNormals ||
    known.area !== method.area ||
    (Object.keys(overrides) as (keyof MethodSettings)[]).some((key) => wanted[key] !== before[key]);
  return {
    settings: wanted,
    ...(normals === undefined ? {} : { normalFolder: normals }),
    ...(method.align === undefined ? {} : { way: method.align }),
    ...area,
    regroup: regroup || isOther || isOtherNetwork(wanted.model, method.model),
    follows: true,
    unused: methodSettings.filter((key) => settings[key] !== defaultSettings[key] && settings[key] !== wanted[key]),
  };
}

/** How {@link prepareImages} is to turn parts: not for the paper's method, which is measured as it was published. */
export function wantedWay({ settings, way }: Pick<RunPlan, 'settings' | 'way'>): {
  align: AlignName | PartsWay;
  seed: number;
} {
  const { align, seed } = settings;
  if (align === 'off' || resolveMethod(settings) === 'paper') return { align: 'off', seed };
  return { align: way ?? align, seed };
}

/** A setting of the paper's method asks for that method; the blocks, where they are asked for, for none of its settings. */
function methodWanted(
  before: MethodSettings,
  overrides: Partial<MethodSettings>,
  { references }: MethodSettings,
): Partial<MethodSettings> {
  const needsPaper = resolveMethod({ ...before, ...overrides, method: 'auto' }) === 'paper';
  const method = overrides.method ?? (needsPaper ? 'paper' : before.method);
  if (method === before.method) return {};
  // What follows from `auto` is another number for another method.
  if (method === 'paper') return { method, references };
  const { distance, aggregate, temperature, weights } = defaultSettings;
  return {
    ...{ method, distance, aggregate, temperature, references },
    ...(isPaperWeights(before.weights) ? { weights } : {}),
  };
}

/** The folder of normal images as the label file keeps it. */
export function keptNormalFolder(folder: string, normalFolder: string | undefined): { normal?: string } {
  return normalFolder === undefined ? {} : { normal: relative(folder, normalFolder).split(sep).join('/') || '.' };
}

/** The label file says what was used; where that had followed from `auto`, it follows again. Values are checked like any settings. */
function settingsOf(method: LabelMethod): Partial<MethodSettings> {
  return {
    pages: (method.pages ?? 'first') as MethodSettings['pages'],
    // Where parts were not turned they are not from now on, whatever comes to the folder, unless somebody asks for it.
    align: method.align === undefined ? 'off' : 'auto',
    // Files of version 0.1 do not name the method: theirs is the paper's.
    method: (method.name ?? 'paper') as MethodSettings['method'],
    distance: (method.distance ?? defaultSettings.distance) as MethodSettings['distance'],
    weights: method.weights === 'none' ? 'auto' : (method.weights as MethodSettings['weights']),
    // With normal images the nearest one counts (Eq. 6), whatever the setting.
    ...(method.weights === 'normal'
      ? {}
      : { aggregate: (method.aggregate ?? defaultSettings.aggregate) as MethodSettings['aggregate'] }),
    references: referencesOf(method),
    seed: method.seed,
    temperature: (method.temperature ?? defaultSettings.temperature) as MethodSettings['temperature'],
    clusterer: method.clusterer as MethodSettings['clusterer'],
    clusters: method.clusters as MethodSettings['clusters'],
    regions: method.regions === true,
    ...(method.hardPatches === undefined ? {} : { hardPatches: method.hardPatches }),
  };
}

/** Where the number had followed from the folder, it follows again. */
function referencesOf({ references }: LabelMethod): MethodSettings['references'] {
  return typeof references === 'number' ? references : 'auto';
}

/** The label file names a file by its name alone: where it lies is for the person's settings or the last run to say. */
async function networkOf(
  { model }: LabelMethod,
  candidates: readonly (string | undefined)[],
  modelsFolder: string,
): Promise<string> {
  const name = withoutHash(model);
  const { id } = parseModelName(name);
  if ((await readCatalogue(modelsFolder)).some((entry) => entry.id === id)) return name;
  const file = candidates.find((candidate) => candidate !== undefined && labelName(candidate) === name);
  if (file !== undefined) return file;
  throw new EngineError(
    { code: 'model-not-found', network: id },
    `The label file was made with the network ${name}, a file of your own. Say where it is (--model, or the setting anomalyClustering.model), or name another network.`,
  );
}

function isOtherNetwork(wanted: string, model: string): boolean {
  return labelName(wanted) !== withoutHash(model);
}

/** `net.onnx#tensor` in any folder is `net#tensor` in the label file. */
function labelName(name: string): string {
  const { id, output } = parseModelName(name);
  const short = /\.onnx$/i.test(id) ? basename(id).replace(/\.onnx$/i, '') : id;
  return output === undefined ? short : `${short}#${output}`;
}

function withoutHash(model: string): string {
  return model.replace(/@[^@]*$/, '');
}
