// Nothing leaves the machine, and nothing is left on it but what the documents name: watched with the environment of a person's terminal,
// because dependencies that report home keep quiet where CI is set.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { makeSample } from '../../worker/sample';
import { cli } from '../tools/paths';

/** Variables by which dependencies know that nobody is to be told. */
const silencers = /^(CI|GITHUB_ACTIONS|TF_BUILD|ORT_.*|DO_NOT_TRACK|XDG_.*|ANOMALY_CLUSTERING_.*)$/;

const hasStrace = process.platform === 'linux' && spawnSync('strace', ['-V']).status === 0;

describe('a run', function () {
  const work = mkdtempSync(join(tmpdir(), 'anomaly-privacy-'));
  const home = join(work, 'home');
  const images = join(work, 'images');
  const cache = join(work, 'cache');

  before(async () => {
    mkdirSync(home);
    await makeSample(images, { imagesPerClass: 2 });
  });
  after(() => rm(work));

  const rm = (folder: string) => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  const filesBelow = (folder: string) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));

  function environment(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(([name]) => !silencers.test(name));
    // A home of its own, also as Windows calls it: what is written to the usual places is written there.
    return {
      ...Object.fromEntries(kept),
      HOME: home,
      USERPROFILE: home,
      APPDATA: home,
      LOCALAPPDATA: home,
      TMPDIR: join(work, 'home'),
      ANOMALY_CLUSTERING_CACHE: cache,
    };
  }

  for (const args of [['cluster', images, '--device', 'auto'], ['evaluate', images], ['devices']]) {
    it(`of "${args[0]}" writes nothing outside the folder, its own cache and what it was told to write`, () => {
      const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { env: environment(), encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.deepEqual(filesBelow(home), []);
      assert.deepEqual(
        filesBelow(images).filter((file) => !/\.png$|^README\.txt$/.test(file)),
        ['anomaly-clusters.json'],
      );
    });
  }

  it('opens no socket to anywhere', function () {
    // Where it can be watched.
    if (!hasStrace) return this.skip();
    const log = join(work, 'strace.log');
    rm(cache);
    const watched = [
      '-f',
      '-qq',
      '-e',
      'trace=connect,sendto,bind',
      '-o',
      log,
      process.execPath,
      cli,
      'cluster',
      images,
    ];
    const { status, stderr } = spawnSync('strace', watched, { env: environment(), encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const outside = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => /sa_family=AF_INET/.test(line));
    assert.deepEqual(outside, []);
  });
});
