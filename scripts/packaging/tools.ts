// Tools that only packaging and publishing need. They stay out of `npm ci`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installed, root } from './cache';

/** Programs of the tools, below their node_modules. */
const programs = {
  vsce: '@vscode/vsce/vsce',
  'license-checker': 'license-checker-rseidelsohn/bin/license-checker-rseidelsohn.js',
} as const;

/**
 * Runs a tool and returns what it printed.
 * @throws Error with its output when it fails
 * @throws RegistryUnreachable when it must be fetched and cannot
 */
export function runTool(name: keyof typeof programs, args: string[], folder: string = root): string {
  const source = (file: string) => readFileSync(join(root, 'scripts', 'packaging', 'tools', file), 'utf8');
  const tools = installed('tools', { manifest: source('package.json'), lock: source('package-lock.json') });
  const program = join(tools, 'node_modules', programs[name]);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
  return stdout;
}
