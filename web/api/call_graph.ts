// SPDX-License-Identifier: MIT
// Who waits for what: the coroutines within a task, the tasks that await it, and all tasks of a loop as a list and as a
// tree. What there is to tell is C's knowledge, and the texts are C's.
import type { BaseRuntime } from './base.js';
import { PART as COMBINATORS } from './combinators.js';
import type { Core } from './core.js';
import { inspection } from './embedded.js';
import { TypeError, show } from './errors.js';
import { Future } from './future.js';
import { Task } from './task.js';
import type { Part } from './instance.js';
import { EventLoop } from './loop.js';

const PART: Part = { of: inspection, table: 'inspection_functions' };

// The functions of a runtime, with these among them, which look into waits.
function coreOf({ core }: BaseRuntime): Core {
  core.extend(COMBINATORS);
  core.extend(PART);
  return core;
}

/** A future, what goes on in it, and who awaits it. */
export interface FutureCallGraph {
  future: Future<any>;
  /** The names of the coroutines within a task, the innermost first, as far as they were awaited as objects. */
  call_stack: readonly string[];
  /** What a task waits for: 'sleep', 'lock', a task's name...; null when it waits for nothing. */
  waits_for: string | null;
  /** The tasks that await it, directly or through a gather, a shield, wait() or as the parent of its group. */
  awaited_by: readonly FutureCallGraph[];
}

/** What capture_call_graph() can be told. */
export interface CallGraphOptions {
  /** How many coroutines of each task are told at most, the innermost first; null for all. */
  limit?: number | null;
}

// The C function [list] writes pointers to an array, and says how many there are.
function listed(core: Core, list: (array: number, capacity: number) => number): number[] {
  const count = list(0, 0);
  return core.withPointers(Array<number>(count).fill(0), (array) => {
    list(array, count);
    return core.pointersAt(array, count);
  });
}

function capture(core: Core, future: Future<any>, limit: number, below: readonly Future<any>[]): FutureCallGraph {
  const { c } = core;
  const { pointer } = future;
  if (future.done() || !pointer) return { future, call_stack: [], waits_for: null, awaited_by: [] };
  const again = below.includes(future); // they wait for each other
  const names = listed(core, (array, capacity) => c.task_get_stack!(pointer, array, capacity)).slice(0, limit);
  const awaiters = again ? [] : listed(core, (array, capacity) => c.future_awaited_by!(pointer, array, capacity));
  return {
    future,
    call_stack: names.map((name) => core.text(name)),
    waits_for: core.text(c.task_waiting_for!(pointer)) || null,
    awaited_by: awaiters.map((awaiter) => capture(core, core.wrapTask(awaiter), limit, [...below, future])),
  };
}

// The one that is asked about; undefined: the current task, if any.
function subject(runtime: BaseRuntime, future: unknown): Future<any> | null {
  if (future === undefined || future === null) return runtime.current_task();
  if (future instanceof Future && future.core === runtime.core) return future;
  const what = future instanceof Future ? 'one of another runtime' : show(future);
  throw new TypeError(`Expected [future] to be a future or a task, got ${what}`);
}

// The text that a C function writes as snprintf does.
function formatted(core: Core, format: (text: number, size: number) => number): string {
  const size = format(0, 0) + 1;
  return core.withPointers(Array<number>(Math.ceil(size / 4)).fill(0), (text) => {
    format(text, size);
    return core.text(text);
  });
}

function print(text: string): void {
  if (text) console.error(text);
}

/** @internal */
export const captureCallGraphIn =
  (runtime: BaseRuntime) =>
  (future?: Future<any> | null, { limit = null }: CallGraphOptions = {}): FutureCallGraph | null => {
    const about = subject(runtime, future);
    if (limit !== null && !(Number.isInteger(limit) && limit >= 0))
      throw new TypeError(`Expected [limit] to be a number of coroutines or null, got ${show(limit)}`);
    return about && capture(coreOf(runtime), about, limit ?? Infinity, []);
  };

/** @internal */
export const formatCallGraphIn =
  (runtime: BaseRuntime) =>
  (future?: Future<any> | null): string => {
    const about = subject(runtime, future);
    if (!about) return '';
    if (!about.pointer) return about instanceof Task ? `* Task(name='${about.get_name()}')` : '* Future()';
    const core = coreOf(runtime);
    return formatted(core, (text, size) => core.c.format_call_graph!(about.pointer, text, size));
  };

/** @internal */
export const printCallGraphIn = (runtime: BaseRuntime) => {
  const format = formatCallGraphIn(runtime);
  return (future?: Future<any> | null): void => print(format(future));
};

function formatLoop(runtime: BaseRuntime, loop: unknown, name: 'format_tasks' | 'format_task_tree'): string {
  if (loop !== undefined && !(loop instanceof EventLoop && loop.core === runtime.core))
    throw new TypeError(`Expected [loop] to be an event loop of the runtime, got ${show(loop)}`);
  const { pointer } = loop ?? runtime.get_running_loop();
  const core = coreOf(runtime);
  return pointer ? formatted(core, (text, size) => core.c[name]!(pointer, text, size)) : '';
}

/** @internal */
export const formatTasksIn =
  (runtime: BaseRuntime) =>
  (loop?: EventLoop): string =>
    formatLoop(runtime, loop, 'format_tasks');

/** @internal */
export const formatTaskTreeIn =
  (runtime: BaseRuntime) =>
  (loop?: EventLoop): string =>
    formatLoop(runtime, loop, 'format_task_tree');

/** @internal */
export const printTasksIn =
  (runtime: BaseRuntime) =>
  (loop?: EventLoop): void =>
    print(formatLoop(runtime, loop, 'format_tasks'));

/** @internal */
export const printTaskTreeIn =
  (runtime: BaseRuntime) =>
  (loop?: EventLoop): void =>
    print(formatLoop(runtime, loop, 'format_task_tree'));
