// The catalogue of networks: what its schema lets in, and what it keeps out.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogueSchema, readCatalogue } from '../../../../worker/models/catalogue';
import { describeStages, neededTensors } from '../../../../worker/models/resnet';
import { root } from '../../../tools/paths';

const modelsFolder = join(root, 'models');

describe('the catalogue', () => {
  it('has the networks that the documentation names, each with its licence', async () => {
    const models = await readCatalogue(modelsFolder);
    assert.deepEqual(
      models.map(({ id }) => id),
      ['patchnet-s', 'wide_resnet50_2', 'resnet50', 'resnet18', 'dino-vits8', 'dino-vitb8', 'dinov2-small'],
    );
    const card = await readFile(join(modelsFolder, 'README.md'), 'utf8');
    for (const { id, licence } of models) {
      assert.match(licence, /^(MIT|BSD-3-Clause|Apache-2\.0)$/);
      assert.match(card, new RegExp(`\\| \`${id}\` .*\\| ${licence}`), `${id} is on the model card`);
    }
  });

  it('says of residual networks what their architecture says', async () => {
    for (const { source, patches } of await readCatalogue(modelsFolder)) {
      if (source.kind !== 'safetensors') continue;
      const { stride, origin } = describeStages(source.architecture, ['layer2']);
      assert.deepEqual(patches, { stride, origin });
      const shapes = [...neededTensors(source.architecture, ['layer2']).values()];
      const bytes = shapes.reduce((sum, shape) => sum + 4 * shape.reduce((product, size) => product * size, 1), 0);
      assert.equal(source.bytes, bytes);
    }
  });

  it('keeps out hubs without https, hashes that are none, and keys that nobody knows', async () => {
    const text = await readFile(join(modelsFolder, 'catalogue.json'), 'utf8');
    const spoilt = (from: RegExp, to: string) => {
      const changed = text.replace(from, to);
      assert.notEqual(changed, text);
      return catalogueSchema.safeParse(JSON.parse(changed)).success;
    };
    assert.ok(catalogueSchema.safeParse(JSON.parse(text)).success);
    assert.ok(!spoilt(/https:/, 'http:'));
    assert.ok(!spoilt(/"sha256": "../, '"sha256": "'));
    assert.ok(!spoilt(/"licence"/, '"license"'));
    assert.ok(!spoilt(/"kind": "safetensors"/, '"kind": "pickle"'));
    assert.ok(!spoilt(/"revisions": \[\s*"[^"]+",\s*"main"\s*\]/, '"revisions": []'));
  });
});
