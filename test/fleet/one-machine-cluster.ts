// A real Slurm on this machine: munge, one controller, two nodes; installed by apt where that may be done.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../../worker/store/process-alive';
import { eventually } from '../tools/eventually';

const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch'];
const packages = ['munge', 'slurmctld', 'slurmd', 'slurm-client'];
/** Those of Slurm, moved out of the way of one that may be here. */
const ports = { controller: 26817, nodes: '[26818-26819]' };

/** Why there can be no Slurm here; undefined where there is one now. */
export function installSlurm(): string | undefined {
  const missing = () => programs.filter((name) => spawnSync('which', [name]).status !== 0);
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root, to start the nodes';
  if (missing().length === 0) return undefined;
  if (spawnSync('which', ['apt-get']).status !== 0) return `needs ${missing().join(', ')}, or apt-get to install them`;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env });
  return status === 0 && missing().length === 0
    ? undefined
    : `needs ${packages.join(', ')}, which apt-get could not install`;
}

/** Started by {@link startSlurm}. */
export interface Slurm {
  /** For programs that speak to it. */
  env: NodeJS.ProcessEnv;
  /** Runs one of Slurm's programs. @returns what it prints @throws Error with what it says when it fails */
  run: (program: string, ...args: string[]) => string;
  /** Ends all of it, and waits for the end: until then it writes into its folder. */
  stop: () => Promise<void>;
}

/** @param folder empty, for keys, state and logs */
export function startSlurm(folder: string): Slurm {
  const at = (name: string) => join(folder, name);
  mkdirSync(at('munge'), { mode: 0o700 });
  mkdirSync(at('state'));
  writeFileSync(at('munge/key'), randomBytes(1024), { mode: 0o400 });
  const host = hostname().split('.')[0]!;
  const conf = at('slurm.conf');
  writeFileSync(
    conf,
    [
      'ClusterName=test',
      `SlurmctldHost=${host}(127.0.0.1)`,
      `SlurmctldPort=${ports.controller}`,
      'SlurmUser=root',
      'SlurmdUser=root',
      'AuthType=auth/munge',
      // What is requeued may start again when its credential has run out, which else takes two minutes.
      `AuthInfo=socket=${at('munge/socket')},cred_expire=5`,
      `StateSaveLocation=${at('state')}`,
      `SlurmdSpoolDir=${at('spool-%n')}`,
      `SlurmctldPidFile=${at('slurmctld.pid')}`,
      `SlurmdPidFile=${at('slurmd-%n.pid')}`,
      `SlurmctldLogFile=${at('slurmctld.log')}`,
      `SlurmdLogFile=${at('slurmd-%n.log')}`,
      ...['ProctrackType=proctrack/linuxproc', 'TaskPlugin=task/none', 'MpiDefault=none', 'ReturnToService=2'],
      ...['SelectType=select/cons_tres', 'SelectTypeParameters=CR_Core', 'JobRequeue=1', 'MinJobAge=3600'],
      `NodeName=n[1-2] NodeHostname=${host} NodeAddr=127.0.0.1 Port=${ports.nodes} CPUs=1 State=UNKNOWN`,
      'PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP',
      '',
    ].join('\n'),
  );
  const env = { ...process.env, SLURM_CONF: conf };
  const run = (program: string, ...args: string[]) => {
    const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr + stdout}`);
    return stdout.trim();
  };
  const munge = [
    'key-file=munge/key',
    'socket=munge/socket',
    'pid-file=munge.pid',
    'log-file=munge/log',
    'seed-file=munge/seed',
  ];
  run('munged', '--force', ...munge.map((option) => `--${option.replace('=', `=${folder}/`)}`));
  run('slurmctld', '-f', conf);
  for (const node of ['n1', 'n2']) run('slurmd', '-N', node, '-f', conf);
  const stop = async () => {
    for (const name of ['slurmd-n1.pid', 'slurmd-n2.pid', 'slurmctld.pid', 'munge.pid']) {
      const pid = existsSync(at(name)) ? Number(readFileSync(at(name), 'utf8')) : 0;
      if (!isRunning(pid)) continue;
      process.kill(pid);
      await eventually(`${name} to end`, () => !isRunning(pid));
    }
  };
  return { env, run, stop };
}
