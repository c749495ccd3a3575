// SPDX-License-Identifier: MIT
// asyncio's small functions, for a runtime each: those that a page does not use its bundler leaves out.
import {
  isAsyncFunction,
  isGeneratorFunction,
  type Awaitable,
  type FutureOf,
  type GeneratorCoroutine,
} from './awaitable.js';
import type { BaseRuntime } from './base.js';
import { Coroutine, Pause, isUnusedCoroutine, pointerOf } from './coroutine.js';
import { RuntimeError, TypeError, expectNumber, show } from './errors.js';
import { Future } from './future.js';
import type { Task } from './task.js';
import { EventLoop } from './loop.js';

/** @internal */
export const sleepIn =
  (runtime: BaseRuntime) =>
  <T = undefined>(delay: number, result?: T): Coroutine<T> => {
    const { core } = runtime;
    expectNumber('delay', delay);
    const make = () => core.made(core.cross(result, (kind, number, size) => core.c.sleep!(delay, kind, number, size)));
    const start = (coroutine: Coroutine<T>) => runtime.create_task(coroutine) as Task<any>;
    return delay <= 0 ? new Pause<T>(core, make, start, result as T) : new Coroutine<T>(core, make, start);
  };

/** @internal */
export const ensureFutureIn =
  (runtime: BaseRuntime) =>
  <A extends Awaitable<any>>(awaitable: A): FutureOf<A> => {
    const { core } = runtime;
    if (awaitable instanceof Future) return awaitable as any;
    return runtime.within(awaitable, (loop) => {
      if (typeof awaitable === 'function' || iscoroutine(awaitable)) return loop.create_task<any>(awaitable) as any;
      const pointer = pointerOf(core, awaitable, 'awaitable');
      return new Future<any>(core, loop, core.c.ref!(pointer)).watch() as any;
    });
  };

/** @internal */
export const allTasksIn =
  (runtime: BaseRuntime) =>
  (loop: EventLoop = runtime.get_running_loop()): Set<Task<any>> =>
    new Set(runtime.core.tasksOf(loop.pointer));

/** @internal */
export const getEventLoopIn = (runtime: BaseRuntime) => (): EventLoop => {
  const { core, current } = runtime;
  if (!core.running && current === null) throw new RuntimeError('There is no current event loop');
  return core.running ?? current ?? runtime.get_running_loop();
};

/** @internal */
export const setEventLoopIn =
  (runtime: BaseRuntime) =>
  (loop: EventLoop | null): void => {
    if (loop !== null && !(loop instanceof EventLoop))
      throw new TypeError(`Expected [loop] to be an event loop or null, got ${show(loop)}`);
    runtime.current = loop;
  };

/** Whether `value` is a coroutine object: a generator object, or one of sleep() and its like, that was not used yet. */
export const iscoroutine = (value: unknown): value is Coroutine<any> | GeneratorCoroutine<any> =>
  isUnusedCoroutine(value);

/** Whether calling `value` makes a coroutine, or it is one as it is: a `function*` or an `async function`. */
export const iscoroutinefunction = (
  value: unknown,
): value is (...args: any[]) => GeneratorCoroutine<any> | Coroutine<any> | Promise<any> =>
  isGeneratorFunction(value) || isAsyncFunction(value);

/** Whether `value` is a future or a task. */
export const isfuture = (value: unknown): value is Future<any> => value instanceof Future;
