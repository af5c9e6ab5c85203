// The files for Kubernetes: what its own schemas accept, and what our program takes. None of them is applied here: there is no cluster.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { parseAllDocuments } from 'yaml';
import { root } from '../../tools/paths';

const names = ['plan', 'shards', 'merge'] as const;
const templates = new Map(
  names.map((name) => {
    const [document, ...others] = parseAllDocuments(
      readFileSync(join(root, 'scripts', 'kubernetes', `${name}.yaml`), 'utf8'),
    );
    assert.equal(others.length, 0);
    return [name, document!.toJS() as ConstructorParameters<typeof Job>[0] & object];
  }),
);
const job = (name: (typeof names)[number]) => templates.get(name)!;
const container = (name: (typeof names)[number]) => job(name).spec!.template.spec!.containers[0]!;

describe('the templates for Kubernetes', () => {
  for (const name of names) {
    it(`are jobs by its schema: ${name}.yaml`, () => new Job(job(name)).validate());

    it(`see the same folders, and write to none of the images: ${name}.yaml`, () => {
      const { volumes = [], containers } = job(name).spec!.template.spec!;
      const { volumeMounts = [], image } = containers[0]!;
      assert.deepEqual(volumeMounts, container('plan').volumeMounts);
      assert.equal(image, container('plan').image);
      assert.deepEqual(volumeMounts.map((mount) => mount.name).sort(), volumes.map((volume) => volume.name).sort());
      assert.equal(volumeMounts.find(({ name: mount }) => mount === 'images')?.readOnly, true);
    });
  }

  it('have one index a shard of the plan', () => {
    const { completions, completionMode, podFailurePolicy } = job('shards').spec!;
    assert.equal(completionMode, 'Indexed');
    const { args = [] } = container('plan');
    assert.equal(completions, Number(args[args.indexOf('--shards') + 1]));
    for (const { onExitCodes } of podFailurePolicy!.rules)
      if (onExitCodes) assert.equal(onExitCodes.containerName, container('shards').name);
  });

  it('notice what the schema does not have', () => {
    const wrong = { ...job('shards'), spec: { ...job('shards').spec, completionMode: 1 } };
    assert.throws(() => new Job(wrong as never).validate(), /completionMode|string/);
  });
});
