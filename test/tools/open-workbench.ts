// The real workbench as a server, with the extension of this checkout, for people without a desktop VS Code at hand:
//   npm run workbench [-- folder]
// The environment goes through to the extension: ANOMALY_CLUSTERING_INSPECT, ANOMALY_CLUSTERING_CACHE.
import { join, resolve } from 'node:path';
import { installTestTools } from './install';
import { root } from './paths';
import { startVSCode } from './vscode';

const [folder = root] = process.argv.slice(2);
const vscode = await startVSCode(installTestTools(), { extension: root });
console.log(`Open http://${vscode.authority}/?folder=${encodeURIComponent(resolve(folder))}`);
console.log(`Logs: ${join(vscode.userData, 'logs')}`);
console.log(
  'Right-click sample-dataset (npm start makes it) → Cluster Images by Anomaly Type. Ctrl-C ends the workbench.',
);
await new Promise<void>((end) => {
  process.once('SIGINT', () => end());
  process.once('SIGTERM', () => end());
});
await vscode.stop();
