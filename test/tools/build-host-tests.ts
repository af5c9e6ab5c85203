// Bundles the suites that run inside VS Code into dist/test/host.cjs: `npm run build:host-tests`, and before every run of them.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { dist, root } from './paths';

/** The bundle, as VS Code's `--extensionTestsPath` takes it. */
export const hostSuite = join(dist, 'test', 'host.cjs');

/** @throws where a suite does not compile */
export async function buildHostTests(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['test/host/index.ts'],
    outfile: hostSuite,
    bundle: true,
    sourcemap: 'linked',
    platform: 'node',
    format: 'cjs',
    external: ['vscode', 'mocha', 'sharp', 'onnxruntime-node', 'piscina'],
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildHostTests();
