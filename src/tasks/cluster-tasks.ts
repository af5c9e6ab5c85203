// Tasks that start the templates for clusters: `sbatch` and `kubectl` are the person's own, with their own credentials. Nothing is asked or kept here.
import { basename } from 'node:path/posix';
import {
  l10n,
  ShellExecution,
  ShellQuoting,
  Task,
  TaskScope,
  Uri,
  workspace,
  type ShellQuotedString,
  type TaskDefinition,
  type TaskProvider,
} from 'vscode';

export const taskType = 'anomaly-clustering';

/** As package.json describes it. */
export interface ClusterTaskDefinition extends TaskDefinition {
  type: typeof taskType;
  scheduler: 'slurm' | 'kubernetes';
  /** Of Slurm: the work folder of a plan. Of Kubernetes: the folder that has the person's own copies of the templates. */
  folder: string;
  /** Options of sbatch for the shards, or of kubectl. */
  options?: string[];
}

/** Plans of the workspace that are offered as tasks. */
const mostPlans = 20;

export class ClusterTasks implements TaskProvider {
  /** @param extension the folder that the extension is installed in */
  constructor(private readonly extension: Uri) {}

  /** A task for each plan that lies in the workspace: its shards and their merge, by Slurm. */
  async provideTasks(): Promise<Task[]> {
    const plans = await workspace.findFiles('**/plan.json', '**/{node_modules,shard-*}/**', mostPlans);
    const tasks: Task[] = [];
    for (const plan of plans) {
      if (await isPlan(plan)) {
        const folder = Uri.joinPath(plan, '..').fsPath;
        tasks.push(this.taskOf({ type: taskType, scheduler: 'slurm', folder }));
      }
    }
    return tasks;
  }

  /** Of a definition in tasks.json. VS Code asks for the same definition, the same object even. */
  resolveTask(task: Task): Task | undefined {
    const definition = task.definition as Partial<ClusterTaskDefinition>;
    const { scheduler, folder } = definition;
    if (folder === undefined || (scheduler !== 'slurm' && scheduler !== 'kubernetes')) return undefined;
    return this.taskOf(definition as ClusterTaskDefinition, task.scope);
  }

  private taskOf(definition: ClusterTaskDefinition, scope: Task['scope'] = TaskScope.Workspace): Task {
    const { scheduler, folder, options = [] } = definition;
    const script = scheduler === 'slurm' ? ['slurm', 'submit.sh'] : ['kubernetes', 'apply.sh'];
    const quoted = (value: string): ShellQuotedString => ({ value, quoting: ShellQuoting.Strong });
    const file = Uri.joinPath(this.extension, 'scripts', ...script).fsPath;
    const execution = new ShellExecution(quoted('bash'), [quoted(file), quoted(folder), ...options.map(quoted)]);
    const name = basename(folder.replaceAll('\\', '/')) || folder;
    const title =
      scheduler === 'slurm'
        ? l10n.t('Describe and merge {0} with Slurm', name)
        : l10n.t('Describe and merge with Kubernetes: {0}', name);
    const task = new Task(definition, scope, title, taskType, execution, []);
    task.detail = folder;
    return task;
  }
}

async function isPlan(file: Uri): Promise<boolean> {
  try {
    const text = new TextDecoder().decode(await workspace.fs.readFile(file));
    const { shards, id } = JSON.parse(text) as { shards?: unknown; id?: unknown };
    return typeof shards === 'number' && typeof id === 'string';
  } catch {
    return false;
  }
}
