// SPDX-License-Identifier: MIT
// The package: asyncio's names over one runtime, which is ready on import.
import { create_runtime } from './runtime.js';

export const {
  run,
  create_task,
  ensure_future,
  gather,
  wait,
  wait_for,
  shield,
  sleep,
  current_task,
  all_tasks,
  iscoroutine,
  iscoroutinefunction,
  isfuture,
  get_running_loop,
  get_event_loop,
  set_event_loop,
  new_event_loop,
} = /* @__PURE__ */ create_runtime();

/** wait() is over when all are done. */
export const ALL_COMPLETED = 'ALL_COMPLETED';

/** wait() is over when one is done. */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';

/** wait() is over when one has failed, or all are done. */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';

export { load } from './load.js';
export { declarations } from './declarations.js';
export type { App, CoroutineFunctions, LoadOptions, ModuleFactory } from './load.js';
export { create_runtime, Runtime } from './runtime.js';
export type { GatherOptions, Gathered, ReturnWhen, RuntimeOptions, WaitOptions } from './runtime.js';
export { EventLoop, Handle, TimerHandle } from './loop.js';
export type { ExceptionContext, ExceptionHandler, TaskOptions } from './loop.js';
export { Future, Task } from './future.js';
export type { DoneCallback } from './future.js';
export { Coroutine } from './coroutine.js';
export type { AsyncFunction, Awaitable, CoroutineLike, GeneratorCoroutine } from './awaitable.js';
export type { Clock } from './instance.js';
export {
  CancelledError,
  InvalidStateError,
  MemoryError,
  RuntimeError,
  TimeoutError,
  TypeError,
  ValueError,
  is_cancelled,
} from './errors.js';
