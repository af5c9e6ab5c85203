// The pool: one thread a core, each with its own sessions. Tasks are typed by the functions that task.ts exports.
import { availableParallelism } from 'node:os';
import Piscina from 'piscina';
import { EngineError } from '../api';
import type { Settled } from './settle';
import type * as tasks from './task';

type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
type TaskInput<Name extends TaskName> = Parameters<Tasks[Name]>[0];
type TaskResult<Name extends TaskName> = Awaited<ReturnType<Tasks[Name]>> extends Settled<infer Value> ? Value : never;

export class Pool {
  private readonly piscina: Piscina;
  /** Threads that work at the same time. */
  readonly threads = availableParallelism();

  /** @param taskFile the bundle of task.ts */
  constructor(taskFile: string) {
    this.piscina = new Piscina({
      filename: taskFile,
      minThreads: 1,
      maxThreads: this.threads,
      idleTimeout: 60_000,
      concurrentTasksPerWorker: 1,
    });
  }

  /** @throws EngineError as the task threw it */
  async run<Name extends TaskName>(name: Name, task: TaskInput<Name>): Promise<TaskResult<Name>> {
    const settled = (await this.piscina.run(task, { name })) as Settled<TaskResult<Name>>;
    if ('value' in settled) return settled.value;
    throw new EngineError(settled.error.code, settled.error.message, settled.error.file);
  }

  /**
   * Runs a task for every input with all threads busy, and hands out the results in the order of the inputs, whatever order
   * they end in: so that sums of floating-point numbers are the same in every run.
   */
  async *runInOrder<Name extends TaskName, Item>(
    name: Name,
    items: readonly Item[],
    input: (item: Item) => TaskInput<Name>,
  ): AsyncGenerator<[Item, TaskResult<Name>]> {
    const ahead = this.threads * 2;
    const running = new Map<number, Promise<TaskResult<Name>>>();
    const start = (index: number): void => {
      const item = items[index];
      if (item === undefined) return;
      const promise = this.run(name, input(item));
      // A failure is thrown when its turn comes; until then it must not count as unhandled.
      promise.catch(() => undefined);
      running.set(index, promise);
    };
    for (let index = 0; index < ahead; index++) start(index);
    try {
      for (const [index, item] of items.entries()) {
        const result = await running.get(index)!;
        running.delete(index);
        start(index + ahead);
        yield [item, result];
      }
    } finally {
      // After an error or a cancel: wait until no thread is at work, so that the pool can be closed safely.
      await Promise.allSettled(running.values());
    }
  }

  /** Waits for the tasks at work, then ends the threads. */
  async close(): Promise<void> {
    await this.piscina.close();
  }
}
