// git as it is on a machine where nobody has configured it.
import { spawnSync } from 'node:child_process';

const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A. Inspector',
  GIT_AUTHOR_EMAIL: 'inspector@example.com',
  GIT_COMMITTER_NAME: 'A. Inspector',
  GIT_COMMITTER_EMAIL: 'inspector@example.com',
};

/** Runs git in a folder. @returns what it prints. @throws Error with what git says, when it fails */
export function git(folder: string, ...args: string[]): string {
  const { status, stdout, stderr } = run(folder, args);
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr}`);
  return stdout;
}

/** Merges a branch that conflicts. @throws Error when git ends in another way than with a conflict */
export function mergeWithConflict(folder: string, branch: string, style = 'merge'): void {
  const { status, stdout, stderr } = run(folder, ['-c', `merge.conflictStyle=${style}`, 'merge', branch]);
  if (status !== 1) throw new Error(`git merge ended with ${status}: ${stdout}${stderr}`);
}

function run(cwd: string, args: readonly string[]) {
  return spawnSync('git', args, { cwd, env, encoding: 'utf8' });
}
