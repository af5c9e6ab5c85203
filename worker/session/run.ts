// One run of the engine: the tasks that it gives to the pool, what it reports, and whether it was cancelled.
import type { Note, Progress, Stage } from '../api/requests';
import type { CancelFlag } from '../base/cancel';
import { onlyCpu } from '../devices/selection';
import type { Pool, TaskInput, TaskName, TaskResult } from '../pool/pool';
import type { TaskContext } from '../pool/tasks/context';
import type { Cache } from '../store/cache';
import type { Engine } from './engine';
import { Forecast } from './forecast';
import { reportStage, type StageProgress } from './stage-progress';

/** What a task needs beyond what its run says anyway. */
export type RunInput<Name extends TaskName> = Omit<TaskInput<Name>, keyof TaskContext>;

/** Its own tasks run on the CPU; those that embed or compare belong to a {@link Session}. */
export class Run implements Engine {
  readonly pool: Pool;
  readonly cache: Cache;
  readonly modelsFolder: string;
  readonly probeFile: string;
  readonly #forecast = new Forecast();

  constructor(
    engine: Engine,
    readonly flag: CancelFlag,
    readonly onProgress: (progress: Progress) => void,
  ) {
    this.pool = engine.pool;
    this.cache = engine.cache;
    this.modelsFolder = engine.modelsFolder;
    this.probeFile = engine.probeFile;
  }

  /** Runs one task. @throws EngineError as the task threw it */
  task<Name extends TaskName>(name: Name, input: RunInput<Name>): Promise<TaskResult<Name>> {
    return this.pool.run(name, this.complete(input));
  }

  /** Runs a task for every item; results come in the order of the items, whatever order they end in. */
  tasks<Name extends TaskName, Item>(
    name: Name,
    items: readonly Item[],
    input: (item: Item) => RunInput<Name>,
  ): AsyncGenerator<[Item, TaskResult<Name>]> {
    return this.pool.runInOrder(name, items, (item) => this.complete(input(item)));
  }

  /** Tells what a folder holds before the long work on it. */
  tell(notes: Note[], images: number): void {
    this.onProgress({ stage: 'scan', done: images, total: images, notes });
  }

  /** Reports a stage at its start, at its end and now and then in between. */
  startStage(stage: Stage, total: number): StageProgress {
    return reportStage(this.onProgress, stage, total, this.#forecast.startStage(stage, total));
  }

  private complete<Name extends TaskName>(input: RunInput<Name>): TaskInput<Name> {
    const context: TaskContext = { cacheFolder: this.cache.folder, flag: this.flag, devices: onlyCpu };
    return { ...input, ...context } as TaskInput<Name>;
  }
}
