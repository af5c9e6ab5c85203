// Errors of the file system, put into the calls of the running program: an image's error is that image's reason, a label file that
// cannot be read is never taken for a missing one, and a cache that fails costs time only.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLabels } from '../../worker/labels';
import type { Kind, Try } from './kind';
import { troubleIn } from './program';
import { cluster, layOut, lostLabels } from './scene';

const codes = [
  'EIO',
  'EBUSY',
  'ESTALE',
  'EMFILE',
  'ELOOP',
  'EISDIR',
  'ENAMETOOLONG',
  'EACCES',
  'ENOSPC',
  'EROFS',
  'ENXIO',
];

/** Which calls fail, and for which paths. */
interface Fault {
  operations: string[];
  /** Part of the path. */
  match: string;
  code: string;
}

const reading = ['open', 'readFile', 'stat', 'lstat', 'realpath', 'access'];
const writing = ['writeFile', 'rename', 'mkdir', 'utimes', 'rm'];

export const fileSystem: Kind = {
  title: 'Errors of the file system',
  tries: 60,
  few: 6,
  async *run(scene, count, random, work) {
    const preload = join(work, '..', 'faulty-fs.cjs');
    writeFileSync(preload, faultyFileSystem);
    const photo = 'test/crack/001.png';
    const targets: Omit<Fault, 'code'>[] = [
      { operations: reading, match: photo },
      { operations: ['readdir', 'opendir'], match: 'parts/test/pore' },
      { operations: reading, match: 'parts/anomaly-clusters.json' },
      { operations: writing, match: 'anomaly-clusters.json' },
      { operations: [...reading, ...writing], match: '/cache/' },
    ];
    for (let i = 0; i < count; i++) {
      const fault: Fault = {
        ...targets[i % targets.length]!,
        code: codes[random.integer(0, codes.length - 1)]!,
      };
      const dataset = layOut({ ...scene, cache: i % 2 === 0 ? scene.cache : undefined }, work);
      const ended = await cluster(dataset, [], {
        node: ['--require', preload],
        env: { FAULT: JSON.stringify(fault) },
      });
      const lost: Try['lost'] = [...troubleIn(ended), ...lostLabels(dataset.labelFile, parseLabels(scene.decided))];
      if (ended.status !== 0 && fault.match.includes('/cache/'))
        lost.push({ loss: 'wrong results', because: `a cache that fails ended the run: ${ended.output}` });
      if (ended.status !== 0 && fault.match === photo)
        lost.push({ loss: 'wrong results', because: `one image ended the run: ${ended.output}` });
      const isLabelFile = fault.match.includes('anomaly-clusters.json');
      if (isLabelFile && readFileSync(dataset.labelFile, 'utf8') !== scene.decided)
        lost.push({ loss: 'labels', because: 'the label file was written although it could not be read' });
      if (fault.match === photo && ended.status === 0 && !ended.output.includes(`Left out: ${photo}`))
        lost.push({ loss: 'wrong results', because: 'the image was not left out' });
      yield { what: `${fault.code} from ${fault.operations.join(', ')} of ${fault.match}`, lost };
      rmSync(dataset.folder, { recursive: true, force: true });
      rmSync(dataset.cache, { recursive: true, force: true });
    }
  },
};

/** Loaded before the program, in each of its threads. */
const faultyFileSystem = `
const { operations, match, code } = JSON.parse(process.env.FAULT);
const { promises } = require('node:fs');
const isHit = (path) => String(path).replaceAll('\\\\', '/').includes(match);
for (const name of operations) {
  const real = promises[name];
  if (typeof real !== 'function') continue;
  promises[name] = function (path, ...rest) {
    if (!isHit(path) && !(name === 'rename' && isHit(rest[0]))) return real.call(this, path, ...rest);
    const error = new Error(code + ': injected, ' + name + " '" + path + "'");
    return Promise.reject(Object.assign(error, { code, syscall: name, path: String(path) }));
  };
}
require('node:module').syncBuiltinESMExports();
`;
