// Chooses the devices of a run: what the platform may have is measured once in a process of its own, and remembered.
import { fork } from 'node:child_process';
import { arch, platform, release } from 'node:os';
import { env, listSupportedBackends } from 'onnxruntime-node';
import { EngineError, type Device, type DeviceName } from '../api';
import { isCancelled, throwIfCancelled } from '../cancel';
import type { Run } from '../engine';
import type { Model } from '../models/model';
import { cacheKey } from '../store/cache';
import { candidateDevices } from './candidates';
import { crashedDevices } from './crashes';
import type { ProbeRequest } from './probe';
import { judge, onlyCpu, select, type DeviceReport, type DeviceSelection } from './report';

/** A driver that hangs is as good as none; and nobody waits longer than this for one that may not even pay. */
const patience = { auto: 20_000, asked: 300_000 };
const millisecondsBetweenLooks = 100;
const day = 24 * 3600_000;
/** A device that works is measured again after a month, one that does not after a day: drivers get installed. */
const freshness = { works: 30 * day, fails: day };

/** Goes up when what is measured, or how, changes. */
const measurementVersion = 1;

/**
 * @param wanted what the person set; `auto` tries what this platform may have
 * @throws EngineError `device-unavailable` when a device that was named cannot be used
 */
export async function chooseDevices(run: Run, model: Model, wanted: Device): Promise<DeviceSelection> {
  if (wanted === 'cpu') return onlyCpu;
  const possible = possibleDevices();
  const isForced = wanted !== 'auto';
  if (isForced && !possible.includes(wanted)) {
    throw new EngineError(
      'device-unavailable',
      `This platform has no device "${wanted}". It may have: ${['cpu', ...possible].join(', ')}. Use "auto".`,
    );
  }
  const devices = isForced ? [wanted] : possible;
  if (devices.length === 0) return onlyCpu;
  const crashed = isForced ? new Set<DeviceName>() : await crashedDevices(run.cache.folder);
  const reports: DeviceReport[] = [];
  for (const device of devices) {
    if (!crashed.has(device)) reports.push(await rememberedReport(run, model, device, isForced));
    else reports.push({ device, error: 'ended the engine the last time; "anomaly-clustering devices" tries it again' });
  }
  const isAnyUsable = reports.some(({ error }) => error === undefined);
  const cpu: DeviceReport = isAnyUsable ? await rememberedReport(run, model, 'cpu', false) : { device: 'cpu' };
  const selection = select(reports, cpu, isForced);
  if (isForced && selection.network === 'cpu') {
    const { reason } = judge(reports[0]!, cpu, true);
    throw new EngineError('device-unavailable', `The device cannot be used. ${reason}. Use "auto" or "cpu".`);
  }
  return selection;
}

/** Devices other than the CPU that this platform may have. */
export function possibleDevices(): DeviceName[] {
  return candidateDevices(platform(), arch(), listSupportedBackends());
}

async function rememberedReport(run: Run, model: Model, device: DeviceName, isForced: boolean): Promise<DeviceReport> {
  const key = cacheKey(
    'device',
    measurementVersion,
    env.versions.node ?? '',
    release(),
    model.hash,
    device,
    String(isForced),
  );
  const kept = await run.cache.getJson<{ report: DeviceReport; time: number }>('devices', key);
  if (kept) {
    const { report, time } = kept;
    if (Date.now() - time < (report.error === undefined ? freshness.works : freshness.fails)) return report;
  }
  const report = await probeDevice(run, model, device, isForced ? patience.asked : patience.auto);
  // What was cut short says nothing of the device.
  throwIfCancelled(run.flag);
  await run.cache.putJson('devices', key, { report, time: Date.now() });
  return report;
}

/** Measures a device now. Never throws for what the device does: a crash or a hang is a report, too. */
export function probeDevice(
  run: Run,
  model: Model,
  device: DeviceName,
  milliseconds = patience.asked,
): Promise<DeviceReport> {
  return new Promise((resolve) => {
    const child = fork(run.probeFile, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
    const watch = setInterval(() => isCancelled(run.flag) && child.kill('SIGKILL'), millisecondsBetweenLooks);
    let report: DeviceReport | undefined;
    child.once('message', (message) => (report = message as DeviceReport));
    child.on('error', (error) => (report ??= { device, error: error.message }));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      clearInterval(watch);
      const how =
        signal === 'SIGKILL'
          ? `did not answer within ${milliseconds / 1000} s`
          : `crashed (${signal ?? `exit code ${code}`})`;
      resolve(report ?? { device, error: how });
    });
    child.send({ device, model, threads: run.pool.threads } satisfies ProbeRequest);
  });
}
