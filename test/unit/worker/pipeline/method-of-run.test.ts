// By which method a folder that has labels is clustered again.
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import type { ClusterRequest } from '../../../../worker/api/requests';
import { defaultSettings, type MethodSettings } from '../../../../worker/api/settings';
import { resolveMethod } from '../../../../worker/describe/method';
import type { LabelDocument, LabelMethod } from '../../../../worker/labels';
import { keptNormalFolder, planRun, wantedWay } from '../../../../worker/pipeline/method-of-run';
import { root } from '../../../tools/paths';

const folder = resolve('/images');
const known = { modelsFolder: join(root, 'models') };
const request: ClusterRequest = {
  folder,
  labelFile: join(folder, 'anomaly-clusters.json'),
  settings: { ...defaultSettings, clusters: 9, seed: 5 },
  device: 'cpu',
};

/** @param without keys that the file does not have */
function labelFile(method: Partial<LabelMethod>, without: readonly string[] = []): LabelDocument {
  const usual: LabelMethod = {
    ...{ model: 'patchnet-s@01234567', distance: 'weighted-average', weights: 'unsupervised', aggregate: 'mean' },
    ...{ references: 'all', seed: 0, temperature: 0.25, clusterer: 'average', clusters: 4 },
  };
  const all = Object.entries({ ...usual, ...method }).filter(([key]) => !without.includes(key));
  return { version: 1, root: '.', method: Object.fromEntries(all) as LabelMethod, clusters: [], images: [] };
}

describe('the method of a run', () => {
  const methodOf = async (file: LabelDocument, overrides: Partial<MethodSettings> = {}) => {
    const { settings, regroup } = await planRun({ ...request, overrides }, file, known);
    return { ...settings, regroup };
  };

  it('is that of the settings for a folder without labels', async () => {
    const { settings, regroup, follows } = await planRun({ ...request, overrides: { seed: 7 } }, undefined, known);
    assert.deepEqual(settings, { ...defaultSettings, clusters: 9, seed: 7 });
    assert.deepEqual([regroup, follows], [false, false]);
  });

  it('is that of the label file, whatever the settings say', async () => {
    const { settings, regroup, unused } = await planRun(request, labelFile({}), known);
    assert.deepEqual(unused, ['seed', 'clusters'], 'which the person is told of');
    assert.deepEqual(settings, {
      ...defaultSettings,
      method: 'paper',
      // Nothing was turned when the file was made.
      align: 'off',
      ...{ weights: 'unsupervised', seed: 0, temperature: 0.25, clusterer: 'average', clusters: 4 },
    });
    assert.equal(regroup, false);
  });

  it('turns parts the way of the label file, and where it says none only if somebody asks', async () => {
    const aligned = { name: 'blocks', align: [0, 1, 0, 0, 0] };
    const turned = await planRun(request, labelFile(aligned, ['distance', 'aggregate', 'temperature']), known);
    assert.deepEqual([turned.settings.align, turned.way, turned.regroup], ['auto', aligned.align, false]);
    assert.deepEqual(wantedWay(turned), { align: aligned.align, seed: 0 });
    const off = await planRun({ ...request, overrides: { align: 'off' } }, labelFile(aligned), known);
    assert.deepEqual([off.settings.align, off.regroup, wantedWay(off).align], ['off', true, 'off']);
    const asked = await planRun({ ...request, overrides: { align: 'auto' } }, labelFile({ name: 'blocks' }), known);
    assert.deepEqual([asked.settings.align, asked.way, asked.regroup], ['auto', undefined, true]);
    // The paper's method is measured as it was published.
    assert.equal(wantedWay(await planRun(request, undefined, known)).align, 'auto');
    const paper = { ...request, settings: { ...request.settings, method: 'paper' as const } };
    assert.equal(wantedWay(await planRun(paper, undefined, known)).align, 'off');
  });

  it('is another one where the person asks for it, and then everything is grouped anew', async () => {
    const { settings, regroup } = await planRun({ ...request, overrides: { clusters: 6 } }, labelFile({}), known);
    assert.deepEqual([settings.clusters, settings.clusterer, regroup], [6, 'average', true]);
    const same = await planRun({ ...request, overrides: { clusters: 4 } }, labelFile({}), known);
    assert.equal(same.regroup, false, 'to ask for what is there already asks for nothing');
    assert.equal((await planRun({ ...request, regroup: true }, labelFile({}), known)).regroup, true);
  });

  it('stays that of version 0.1 for its files, which do not name it, until another is asked for', async () => {
    const { method, temperature, regroup } = await methodOf(labelFile({}));
    assert.deepEqual([method, temperature, regroup], ['paper', 0.25, false]);
    const blocks = await methodOf(labelFile({ distance: 'holistic', weights: 'hard' }), { method: 'blocks' });
    assert.deepEqual(
      [blocks.method, blocks.distance, blocks.weights, blocks.temperature, blocks.references, blocks.regroup],
      ['blocks', 'weighted-average', 'auto', 'auto', 'auto', true],
      'no setting of the paper stays',
    );
  });

  it('is that of the paper where only that has what is asked for', async () => {
    const ours = { name: 'blocks', weights: 'unsupervised', references: 8 };
    const file = labelFile(ours, ['distance', 'aggregate', 'temperature']);
    const same = await methodOf(file);
    assert.deepEqual([same.method, same.references, same.regroup], ['blocks', 8, false]);
    for (const overrides of [{ temperature: 0.1 }, { distance: 'holistic' }, { weights: 'hard' }] as const) {
      const { method, references, regroup } = await methodOf(file, overrides);
      assert.deepEqual([method, references, regroup], ['paper', 'auto', true], JSON.stringify(overrides));
    }
    const asked = { ...defaultSettings, method: 'blocks', temperature: 0.1 } as const;
    assert.throws(() => resolveMethod(asked), { code: 'invalid-setting', message: /temperature "0.1".*"paper"/ });
    assert.equal(resolveMethod({ ...asked, method: 'auto' }), 'paper');
    assert.equal(resolveMethod(defaultSettings), 'blocks');
  });

  it('follows again what had followed from the images: references of a folder that grows', async () => {
    assert.equal((await planRun(request, labelFile({}), known)).settings.references, 'auto');
    assert.equal((await planRun(request, labelFile({ references: 12 }), known)).settings.references, 12);
    const hausdorff = labelFile({ distance: 'max-min-mean', weights: 'none' });
    assert.equal((await planRun(request, hausdorff, known)).settings.weights, 'auto');
  });

  it('keeps the stage of the network, and finds a file of the person by its name', async () => {
    const stage = labelFile({ model: 'resnet50#layer3@01234567' });
    assert.equal((await planRun(request, stage, known)).settings.model, 'resnet50#layer3');
    const own = labelFile({ model: 'mine#features@01234567' });
    const settings = { ...request.settings, model: '/nets/mine.onnx#features' };
    const fromSettings = await planRun({ ...request, settings }, own, known);
    assert.deepEqual([fromSettings.settings.model, fromSettings.regroup], ['/nets/mine.onnx#features', false]);
    const fromLastRun = await planRun(request, own, { ...known, lastNetwork: '/other/mine.onnx#features' });
    assert.equal(fromLastRun.settings.model, '/other/mine.onnx#features');
    await assert.rejects(planRun(request, own, known), { code: 'model-not-found', message: /mine#features.*--model/ });
  });

  it('compares with the normal images that it compared with before, unless others are named', async () => {
    const normal = { weights: 'normal', aggregate: 'min', ...keptNormalFolder(folder, resolve('/good')) };
    assert.equal(normal.normal, '../good');
    const again = await planRun(request, labelFile(normal), known);
    assert.deepEqual([again.normalFolder, again.settings.weights, again.regroup], [resolve('/good'), 'normal', false]);
    assert.equal(again.settings.aggregate, 'mean', 'that the nearest normal image counts is no setting');
    const named = await planRun({ ...request, normalFolder: resolve('/better') }, labelFile({}), known);
    assert.deepEqual([named.normalFolder, named.settings.weights, named.regroup], [resolve('/better'), 'auto', true]);
    const without = await planRun({ ...request, overrides: { weights: 'uniform' } }, labelFile(normal), known);
    assert.deepEqual([without.normalFolder, without.regroup], [undefined, true]);
  });
});
