// Remembers which device was at work when a process died, so that a driver that crashes does so once.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceName } from '../api/settings';
import { isRunning } from '../store/process-alive';

/** One file a process, named by its id: the devices it uses. It is removed when the process ends in order. */
function folderOf(cacheFolder: string): string {
  return join(cacheFolder, 'devices-at-work');
}

/**
 * Says that this process uses these devices from now on. A cache that cannot be written is no reason not to: nothing is thrown.
 * @param cacheFolder absolute path; shared by all processes
 */
export async function markAtWork(cacheFolder: string, devices: readonly DeviceName[]): Promise<void> {
  const folder = folderOf(cacheFolder);
  await mkdir(folder, { recursive: true }).catch(() => undefined);
  await writeFile(join(folder, String(process.pid)), devices.join('\n')).catch(() => undefined);
}

/** This process no longer uses any device, or ends in order. Nothing is thrown. */
export async function unmark(cacheFolder: string): Promise<void> {
  await rm(join(folderOf(cacheFolder), String(process.pid)), { force: true }).catch(() => undefined);
}

/** Devices of processes that are gone without having ended in order. */
export async function crashedDevices(cacheFolder: string): Promise<Set<DeviceName>> {
  const folder = folderOf(cacheFolder);
  const crashed = new Set<DeviceName>();
  for (const name of await readdir(folder).catch(() => [])) {
    if (isRunning(Number(name))) continue;
    const devices = await readFile(join(folder, name), 'utf8').catch(() => '');
    for (const device of devices.split('\n')) if (device !== '') crashed.add(device as DeviceName);
  }
  return crashed;
}

/** Gives crashed devices another chance. */
export async function forgetCrashes(cacheFolder: string): Promise<void> {
  const folder = folderOf(cacheFolder);
  for (const name of await readdir(folder).catch(() => [])) {
    if (!isRunning(Number(name))) await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
}
