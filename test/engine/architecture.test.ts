// Rooms and doors: imports look downwards and go in no circle, and the documents say what is so.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type IForbiddenRuleType, type IReporterOutput, type IViolation } from 'dependency-cruiser';
import architecture from '../../docs/architecture.json' with { type: 'json' };
import { pages } from '../../scripts/docs';
import { root } from '../tools/paths';

const sides = ['worker', 'webview'] as const;

const inRoom = (side: string, room: string) => `^${side}/${room}/[^/]+$`;

/** From each room to all that stand above it, and to the programs on top of all. */
function noArrowUp(side: (typeof sides)[number]): IForbiddenRuleType[] {
  const rooms = architecture.rooms[side].map(({ room }) => room);
  return rooms.map((room, floor) => ({
    name: `${side}/${room} looks up`,
    severity: 'error',
    from: { path: inRoom(side, room) },
    to: { path: [...rooms.slice(floor + 1).map((above) => inRoom(side, above)), `^${side}/[^/]+$`] },
  }));
}

async function violations(forbidden: IForbiddenRuleType[]): Promise<string[]> {
  const options = {
    validate: true,
    ruleSet: { forbidden },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^node_modules' },
    baseDir: root,
    metrics: true,
  };
  const { output } = (await cruise(['worker', 'webview', 'src'], options)) as IReporterOutput & {
    output: { summary: { totalCruised: number; violations: IViolation[] } };
  };
  assert.ok(output.summary.totalCruised > 200, `Only ${output.summary.totalCruised} modules were looked at.`);
  return output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
}

describe('the architecture', function () {
  it('has no import that looks up', async () => {
    assert.deepEqual(await violations(sides.flatMap(noArrowUp)), []);
  });

  it('has no circle among folders, nor among files', async () => {
    const forbidden: IForbiddenRuleType[] = [
      { name: 'circle of folders', severity: 'error', scope: 'folder', from: {}, to: { circular: true } },
      { name: 'circle of files', severity: 'error', from: {}, to: { circular: true } },
    ];
    assert.deepEqual(await violations(forbidden), []);
  });

  it('notices an arrow up where there is one', async () => {
    const upsideDown = {
      name: 'up',
      severity: 'error',
      from: { path: '^worker/bags/' },
      to: { path: '^worker/algebra/' },
    } as const;
    assert.notDeepEqual(await violations([upsideDown]), []);
  });

  for (const side of sides) {
    it(`lists every room of ${side}, none with more than 15 files`, () => {
      const folders = readdirSync(join(root, side), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
        .map(({ parentPath }) => parentPath.slice(join(root, side).length + 1).replaceAll('\\', '/'));
      const counts = new Map<string, number>();
      for (const folder of folders) counts.set(folder, (counts.get(folder) ?? 0) + 1);
      // AssemblyScript, which the build compiles: nothing imports it.
      counts.delete('bags/simd');
      counts.delete('');
      assert.deepEqual([...counts.keys()].sort(), architecture.rooms[side].map(({ room }) => room).sort());
      assert.deepEqual(
        [...counts].filter(([, files]) => files > 15),
        [],
      );
    });
  }

  for (const side of ['src', 'webview'] as const) {
    it(`has no door that ${side} does not go through`, () => {
      const code = readdirSync(join(root, side), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => readFileSync(join(root, side, name), 'utf8'))
        .join('\n');
      assert.deepEqual(
        architecture.doors[side].filter((door) => !code.includes(`/worker/${door}'`)),
        [],
      );
    });
  }

  it('is what docs/architecture.md says (npm run docs)', async () => {
    assert.equal(readFileSync(join(root, 'docs', 'architecture.md'), 'utf8'), (await pages())['architecture.md']);
  });
});
