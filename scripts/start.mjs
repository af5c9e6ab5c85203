// `npm start`: everything from an empty clone to a first result — install, build, sample dataset, clusters, report.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, root, run } from './setup.mjs';

const sample = join(root, 'sample-dataset');
const report = join(root, 'sample-dataset', 'report.html');
const cli = join(root, 'dist', 'cli.cjs');

ensureInstalled();
console.log('Building …');
run('node', ['scripts/build.mjs']);

if (!existsSync(join(sample, 'test'))) {
  rmSync(sample, { recursive: true, force: true });
  console.log('\nMaking a sample dataset with known defects …');
  run('node', [cli, 'sample', sample]);
}

console.log('\nClustering it by the kind of anomaly …');
run('node', [cli, 'cluster', sample, '--report', report]);

/** NMI of a clustering into the true number of clusters, kept apart from the label file. */
function nmi(temperature) {
  const labels = join(root, 'dist', `sample-${temperature}.json`);
  rmSync(labels, { force: true });
  const cluster = ['cluster', sample, '--clusters', '5', '--temperature', temperature, '--out', labels, '--json'];
  run('node', [cli, ...cluster], { stdio: ['ignore', 'ignore', 'inherit'] });
  const { stdout } = spawnSync('node', [cli, 'evaluate', sample, '--labels', labels, '--json'], { encoding: 'utf8' });
  return JSON.parse(stdout).nmi;
}

console.log('\nThe sample knows its true classes, so the method can be checked (5 clusters, NMI, 1 is perfect):');
console.log(`  weighted by what stands out  ${nmi('auto').toFixed(3)}`);
console.log(`  plain average of the image   ${nmi('1000').toFixed(3)}`);

console.log(`
What to do next
  Look at the report:            ${report}
  Cluster a folder of your own:  node dist/cli.cjs cluster <folder> --report report.html
  Use it in VS Code:             open this folder in VS Code and press F5, then right-click a folder of images
                                 and choose "Cluster Images by Anomaly Type".`);
