// Engines that exit, crash, send garbage, go silent or loop: every request settles, and the process is gone soon after.
import { mkdirSync, rmSync } from 'node:fs';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { EngineClient } from '../../src/engine/engine-client';
import type { ClusterRequest } from '../../worker/api/requests';
import { isRunning } from '../../worker/store/process-alive';
import { eventually } from '../tools/eventually';
import { fakeEngines, writeFakeEngine } from '../tools/fake-engines';
import type { Kind, Try } from './kind';
import { after, stackTraceIn } from './program';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const engines: Kind = {
  title: 'Engines that do not work',
  tries: 10 * 3,
  few: 10,
  async *run(_scene, count, random, work) {
    mkdirSync(work, { recursive: true });
    for (let i = 0; i < count; i++) {
      const fake = fakeEngines[i % fakeEngines.length]!;
      const client = new EngineClient({
        script: writeFakeEngine(work, fake),
        logger: silent,
        patience: { ...(fake.isSilent ? { start: 1000 } : {}), grace: 3000 },
      });
      const source = new CancellationTokenSource();
      const lost: Try['lost'] = [];
      const start = performance.now();
      const request = client
        .request('cluster', { folder: '/parts' } as ClusterRequest, { token: source.token })
        .then(() => 'an answer')
        .catch((error: unknown) => String(error));
      const pid = await eventually('a process', () => client.pid ?? true);
      if (!fake.answersItself) after(random.between(500, 3000), () => source.cancel());
      const outcome = await Promise.race([
        request,
        new Promise<string>((resolve) => after(60_000, () => resolve('hangs'))),
      ]);
      if (outcome === 'hangs') lost.push({ loss: 'hangs', because: fake.name });
      lost.push(...stackTraceIn(outcome));
      if (fake.message && !fake.message.test(outcome))
        lost.push({ loss: 'wrong results', because: `${fake.name}: ${outcome}` });
      client.dispose();
      if (typeof pid === 'number')
        await eventually('the end of the process', () => !isRunning(pid)).catch(() =>
          lost.push({ loss: 'hangs', because: `${fake.name}: the process is still there` }),
        );
      yield { what: `${fake.name}: ${outcome} after ${(performance.now() - start).toFixed(0)} ms`, lost };
    }
    rmSync(work, { recursive: true, force: true });
  },
};
