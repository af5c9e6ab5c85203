// What several machines found, inside a real VS Code: the work folder that they shared, and the tasks that start them.
import assert from 'node:assert/strict';
import { commands, TabInputCustom, tasks, Uri, window } from 'vscode';
import type { ShellExecution, ShellQuotedString } from 'vscode';
import { eventually } from '../tools/eventually';
import { activate, flatFolder, labelText, writeText } from './workspace';

describe('several machines', () => {
  let work: Uri;
  before(async () => {
    await activate();
    const folder = await flatFolder('machines', 1);
    work = Uri.joinPath(folder, '..', 'machines-work');
    await writeText(Uri.joinPath(work, 'plan.json'), JSON.stringify({ version: 2, id: '0123456789abcdef', shards: 3 }));
  });

  it('have a result whose gallery opens by the work folder, wherever that came from', async () => {
    await writeText(
      Uri.joinPath(work, 'merged.json'),
      JSON.stringify({ version: 1, labelFile: '/of/another/machine/result.json', folder: '/of/another', images: 2 }),
    );
    await writeText(Uri.joinPath(work, 'result.json'), labelText);
    await commands.executeCommand('anomalyClustering.openResult', work);
    await eventually('the gallery', () => {
      const input = window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof TabInputCustom && input.uri.path.endsWith('/machines-work/result.json')
        ? true
        : undefined;
    });
  });

  it('are started by a task for each plan of the workspace, which hands over its folder as it is', async () => {
    const found = await eventually('the task', async () =>
      (await tasks.fetchTasks({ type: 'anomaly-clustering' })).find(({ detail }) => detail === work.fsPath),
    );
    const { command, args } = found.execution as ShellExecution;
    assert.equal((command as ShellQuotedString).value, 'bash');
    const [script, folder] = args!.map((each) => (each as ShellQuotedString).value) as [string, string];
    assert.match(script, /scripts.slurm.submit\.sh$/);
    assert.equal(folder, work.fsPath);
  });
});
