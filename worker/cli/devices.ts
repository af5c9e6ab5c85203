// `devices`: what this machine has to run networks on, measured now, and what a run would use.
import { env } from 'onnxruntime-node';
import { possibleDevices, probeDevice } from '../devices/choose';
import { forgetCrashes } from '../devices/crashes';
import { deviceTitles } from '../devices/titles';
import { bestBatch, judge, select, type DeviceReport } from '../devices/selection';
import type { Run } from '../session/run';
import { requirePlatform } from '../features/platform';
import { findModel } from '../models/find';
import { joinModelName } from '../models/name';
import { printJson } from '../terminal/json-output';

export interface DevicesOptions {
  model: string;
  output?: string;
  json?: boolean;
}

/** Measures every device that this platform may have. @throws EngineError `model-…`, `unsupported-platform` */
export async function runDevices(run: Run, options: DevicesOptions): Promise<void> {
  requirePlatform(process.platform, process.arch);
  const model = await findModel(joinModelName(options.model, options.output), run);
  await forgetCrashes(run.cache.folder);
  const cpu = await probeDevice(run, model, 'cpu');
  const reports: DeviceReport[] = [];
  for (const device of possibleDevices()) reports.push(await probeDevice(run, model, device));
  const selection = select(reports, cpu, false);
  if (options.json) {
    printJson({ model: model.reference, cpu, reports, selection });
    return;
  }
  console.log(`ONNX Runtime ${env.versions.node ?? ''}, network ${model.reference}`);
  const verdicts = new Map(reports.map((report) => [report, judge(report, cpu, false).reason]));
  for (const report of [cpu, ...reports]) {
    console.log('');
    console.log(`${report.device} (${deviceTitles[report.device]})`);
    for (const line of describe(report, run.pool.threads)) console.log(`  ${line}`);
    const verdict = verdicts.get(report);
    if (verdict !== undefined && report.error === undefined) console.log(`  ${verdict.replace(/^[a-z]+: /, '')}`);
  }
  console.log('');
  const batch = selection.network === 'cpu' ? '' : `, ${selection.batch} images at once`;
  console.log(`Networks run on ${deviceTitles[selection.network]}${batch}.`);
  console.log(`Patches are compared on ${deviceTitles[selection.kernel]}.`);
  console.log('Another choice: --device, or the setting anomalyClustering.device.');
}

function describe({ device, network, kernel, error }: DeviceReport, threads: number): string[] {
  if (error !== undefined || !network || !kernel) return [`not available: ${error ?? 'could not be measured'}`];
  const best = bestBatch(network.speeds);
  const speeds = network.speeds.map(
    ({ batch, imagesPerSecond, bytes }) =>
      `${imagesPerSecond.toFixed(1)} images/s with ${batch} at once (${(bytes / 2 ** 20).toFixed(0)} MiB more memory)`,
  );
  return [
    ...(device === 'cpu' ? [`${threads} threads`] : []),
    `network: ${speeds.join(', ')}${network.speeds.length > 1 ? `; best ${best.batch}` : ''}`,
    `comparing patches: ${kernel.gigaflops.toFixed(0)} GFLOP/s`,
    ...(device === 'cpu'
      ? []
      : [
          `against the CPU: patches move by ${network.deviation.toExponential(1)}, squared distances by ${kernel.deviation.toExponential(1)}`,
        ]),
  ];
}
