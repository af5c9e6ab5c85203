// A run with one network on its devices: everything that is embedded and compared in it goes through here.
import type { Stage } from '../api/requests';
import type { Device, DistanceName } from '../api/settings';
import { chooseDevices } from '../devices/choose';
import type { DeviceSelection } from '../devices/selection';
import { tryNetwork } from '../devices/try-network';
import type { Model } from '../features/model';
import { requirePlatform } from '../features/platform';
import { findModel } from '../models/find';
import { isOwnFile } from '../models/name';
import type { TaskInput, TaskName, TaskResult } from '../pool/pool';
import type { BagShape, TaskContext } from '../pool/tasks/context';
import type { Cache } from '../store/cache';
import type { Run } from './run';
import type { StageProgress } from './stage-progress';

export interface SessionOptions {
  /** As `findModel` takes it: an id, a stage of it, or an .onnx file. */
  model: string;
  device: Device;
  /** What the network is for: holistic vectors are those of the last stage. */
  distance?: DistanceName;
}

/** What a task needs beyond what its session says anyway. */
export type SessionInput<Name extends TaskName> = Omit<TaskInput<Name>, keyof TaskContext | 'model'>;

export class Session {
  constructor(
    readonly run: Run,
    readonly model: Model,
    readonly devices: DeviceSelection,
    /** Of every image's bag. */
    readonly shape: BagShape,
  ) {}

  get cache(): Cache {
    return this.run.cache;
  }

  /** Runs one task with the session's network, on its devices. @throws EngineError as the task threw it */
  task<Name extends TaskName>(name: Name, input: SessionInput<Name>): Promise<TaskResult<Name>> {
    return this.run.pool.run(name, this.complete(input));
  }

  /** Runs a task for every item; results come in the order of the items, whatever order they end in. */
  tasks<Name extends TaskName, Item>(
    name: Name,
    items: readonly Item[],
    input: (item: Item) => SessionInput<Name>,
  ): AsyncGenerator<[Item, TaskResult<Name>]> {
    return this.run.pool.runInOrder(name, items, (item) => this.complete(input(item)));
  }

  /** How many items of {@link tasks} are at work or in its caller's hands at one time: tasks that write into shared memory need a place each. */
  get placesInOrder(): number {
    return this.run.pool.placesInOrder({ model: this.model, devices: this.devices });
  }

  /** As {@link Run.startStage}. */
  startStage(stage: Stage, total: number): StageProgress {
    return this.run.startStage(stage, total);
  }

  private complete<Name extends TaskName>(input: SessionInput<Name>): TaskInput<Name> {
    const { run, model, devices } = this;
    const context: TaskContext = { cacheFolder: run.cache.folder, flag: run.flag, devices };
    return { ...input, model, ...context };
  }
}

/**
 * Finds the network, chooses the devices, and learns the shape of a bag.
 * @throws EngineError `unsupported-platform`, `model-…`, `device-unavailable`, `cancelled`
 */
export async function openSession(run: Run, { model: name, device, distance }: SessionOptions): Promise<Session> {
  requirePlatform(process.platform, process.arch);
  const model = await findModel(name, run, distance);
  if (isOwnFile(name)) await tryNetwork(run, model);
  const devices = await chooseDevices(run, model, device);
  return new Session(run, model, devices, await run.task('inspectModel', { model }));
}
