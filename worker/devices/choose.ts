// Chooses the devices of a run: what the platform may have is measured once in a process of its own, and remembered.
import { arch, platform, release } from 'node:os';
import { env, listSupportedBackends } from 'onnxruntime-node';
import type { Device, DeviceName } from '../api/settings';
import { EngineError } from '../api/errors';
import { throwIfCancelled, type CancelFlag } from '../base/cancel';
import type { Model } from '../features/model';
import { cacheKey, type Cache } from '../store/cache';
import { candidateDevices } from './possible';
import { crashedDevices } from './crashes';
import { inProbe } from './in-probe';
import { judge, onlyCpu, select, type DeviceReport, type DeviceSelection } from './selection';

/** A driver that hangs is as good as none; and nobody waits longer than this for one that may not even pay. */
const probeTimeouts = { auto: 20_000, forced: 300_000 };
const day = 24 * 3600_000;
/** A device that works is measured again after a month, one that does not after a day: drivers get installed. */
const freshness = { works: 30 * day, fails: day };

/** Goes up when what is measured, or how, changes. */
const measurementVersion = 1;

/** What measuring a device takes of a run. */
export interface DeviceContext {
  cache: Cache;
  flag: CancelFlag;
  /** The program that measures a device. */
  probeFile: string;
  /** Threads that the CPU has, for its own speed. */
  pool: { readonly threads: number };
}

/**
 * @param wanted what the person set; `auto` tries what this platform may have
 * @throws EngineError `device-unavailable` when a device that was named cannot be used
 */
export async function chooseDevices(context: DeviceContext, model: Model, wanted: Device): Promise<DeviceSelection> {
  if (wanted === 'cpu') return onlyCpu;
  const possible = possibleDevices();
  const isForced = wanted !== 'auto';
  if (isForced && !possible.includes(wanted)) {
    throw new EngineError(
      { code: 'device-unavailable' },
      `This platform has no device "${wanted}". It may have: ${['cpu', ...possible].join(', ')}. Use "auto".`,
    );
  }
  const devices = isForced ? [wanted] : possible;
  if (devices.length === 0) return onlyCpu;
  const crashed = isForced ? new Set<DeviceName>() : await crashedDevices(context.cache.folder);
  const reports: DeviceReport[] = [];
  for (const device of devices) {
    if (!crashed.has(device)) reports.push(await rememberedReport(context, model, device, isForced));
    else reports.push({ device, error: 'ended the engine the last time; "anomaly-clustering devices" tries it again' });
  }
  const isAnyUsable = reports.some(({ error }) => error === undefined);
  const cpu: DeviceReport = isAnyUsable ? await rememberedReport(context, model, 'cpu', false) : { device: 'cpu' };
  const selection = select(reports, cpu, isForced);
  if (isForced && selection.network === 'cpu') {
    const { reason } = judge(reports[0]!, cpu, true);
    throw new EngineError({ code: 'device-unavailable' }, `The device cannot be used. ${reason}. Use "auto" or "cpu".`);
  }
  return selection;
}

/** Devices other than the CPU that this platform may have. */
export function possibleDevices(): DeviceName[] {
  return candidateDevices(platform(), arch(), listSupportedBackends());
}

async function rememberedReport(
  context: DeviceContext,
  model: Model,
  device: DeviceName,
  isForced: boolean,
): Promise<DeviceReport> {
  const key = cacheKey(
    'device',
    measurementVersion,
    env.versions.node ?? '',
    release(),
    model.hash,
    device,
    String(isForced),
  );
  const kept = await context.cache.getJson<{ report: DeviceReport; time: number }>('devices', key);
  if (kept) {
    const { report, time } = kept;
    // A clock that was set back makes a measurement of tomorrow.
    if (Math.abs(Date.now() - time) < (report.error === undefined ? freshness.works : freshness.fails)) return report;
  }
  const report = await probeDevice(context, model, device, isForced ? probeTimeouts.forced : probeTimeouts.auto);
  // What was cut short says nothing of the device.
  throwIfCancelled(context.flag);
  await context.cache.putJson('devices', key, { report, time: Date.now() });
  return report;
}

/** Measures a device now. Never throws for what the device does: a crash or a hang is a report, too. */
export async function probeDevice(
  context: DeviceContext,
  model: Model,
  device: DeviceName,
  milliseconds = probeTimeouts.forced,
): Promise<DeviceReport> {
  const { report, failure } = await inProbe(
    context,
    { device, model, threads: context.pool.threads },
    { milliseconds },
  );
  return report ?? { device, error: failure };
}
