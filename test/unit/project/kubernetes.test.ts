// The files for Kubernetes: what its own schemas accept, and what our program takes. None of them is applied here: there is no cluster.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

  it('are applied one after the other, each once the one before is complete', function () {
    if (process.platform === 'win32') this.skip();
    const work = mkdtempSync(join(tmpdir(), 'kubernetes-'));
    try {
      // Says what it was asked, and that a job is complete when it is looked at for the second time; that of shards fails where it is to.
      const script = [
        '#!/bin/bash',
        'echo "$*" >> "$WORK/log"',
        '[ "$1" = get ] || exit 0',
        '[[ -n "$FAIL" && "$*" == *shards* ]] && { echo "FailureTarget Failed"; exit 0; }',
        'LOOKS="$WORK/looks$(basename "${2##*/}")"; if [ -f "$LOOKS" ]; then echo Complete; else touch "$LOOKS"; fi',
      ];
      writeFileSync(join(work, 'kubectl'), script.join('\n'), { mode: 0o755 });
      const apply = (folder: string, fail = '') =>
        spawnSync('bash', [join(root, 'scripts', 'kubernetes', 'apply.sh'), folder, '--namespace=mine'], {
          encoding: 'utf8',
          env: { ...process.env, PATH: `${work}:${process.env['PATH']}`, WORK: work, FAIL: fail, INTERVAL: '0' },
        });
      assert.equal(apply(join(root, 'scripts', 'kubernetes')).status, 0);
      const log = readFileSync(join(work, 'log'), 'utf8').trim().split('\n');
      assert.ok(log.every((line) => line.endsWith('--namespace=mine')));
      const steps = log.map((line) => `${line.split(' ')[0]} ${/(\w+)\.yaml/.exec(line)![1]}`);
      assert.deepEqual(
        steps,
        ['plan', 'shards', 'merge'].flatMap((name) => [`apply ${name}`, `get ${name}`, `get ${name}`]),
      );
      const failed = apply(join(root, 'scripts', 'kubernetes'), 'yes');
      assert.equal(failed.status, 1);
      assert.match(failed.stderr, /The job of .*shards\.yaml failed/);
      const nothing = apply(work);
      assert.equal(nothing.status, 2);
      assert.match(nothing.stderr, /There is no .*plan\.yaml\. Copy the templates/);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });

  it('notice what the schema does not have', () => {
    const wrong = { ...job('shards'), spec: { ...job('shards').spec, completionMode: 1 } };
    assert.throws(() => new Job(wrong as never).validate(), /completionMode|string/);
  });
});
