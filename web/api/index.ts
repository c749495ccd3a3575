// SPDX-License-Identifier: MIT
// The package: asyncio's names over one runtime, which is ready on import.
import { asCompletedIn } from './as_completed.js';
import { anextIn } from './async_generators.js';
import { gatherIn, shieldIn, waitForIn, waitIn } from './combinators.js';
import {
  captureCallGraphIn,
  formatCallGraphIn,
  formatTaskTreeIn,
  formatTasksIn,
  printCallGraphIn,
  printTaskTreeIn,
  printTasksIn,
} from './call_graph.js';
import { copyContextIn } from './contexts.js';
import { allTasksIn, ensureFutureIn, getEventLoopIn, setEventLoopIn, sleepIn } from './functions.js';
import { home } from './home.js';
import { timeoutAtIn, timeoutIn } from './timeout.js';

export const {
  run,
  create_task,
  current_task,
  get_running_loop,
  new_event_loop,
} = home;

export const sleep = /* @__PURE__ */ sleepIn(home);
export const ensure_future = /* @__PURE__ */ ensureFutureIn(home);
export const all_tasks = /* @__PURE__ */ allTasksIn(home);
export const get_event_loop = /* @__PURE__ */ getEventLoopIn(home);
export const set_event_loop = /* @__PURE__ */ setEventLoopIn(home);
export const gather = /* @__PURE__ */ gatherIn(home);
export const wait = /* @__PURE__ */ waitIn(home);
export const wait_for = /* @__PURE__ */ waitForIn(home);
export const shield = /* @__PURE__ */ shieldIn(home);
export const as_completed = /* @__PURE__ */ asCompletedIn(home);
export const copy_context = /* @__PURE__ */ copyContextIn(home);
export const capture_call_graph = /* @__PURE__ */ captureCallGraphIn(home);
export const format_call_graph = /* @__PURE__ */ formatCallGraphIn(home);
export const print_call_graph = /* @__PURE__ */ printCallGraphIn(home);
export const format_tasks = /* @__PURE__ */ formatTasksIn(home);
export const print_tasks = /* @__PURE__ */ printTasksIn(home);
export const format_task_tree = /* @__PURE__ */ formatTaskTreeIn(home);
export const print_task_tree = /* @__PURE__ */ printTaskTreeIn(home);
export const anext = /* @__PURE__ */ anextIn(home);
export const timeout = /* @__PURE__ */ timeoutIn(home);
export const timeout_at = /* @__PURE__ */ timeoutAtIn(home);

/** wait() is over when all are done. */
export const ALL_COMPLETED = 'ALL_COMPLETED';

/** wait() is over when one is done. */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';

/** wait() is over when one has failed, or all are done. */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';

export { iscoroutine, iscoroutinefunction, isfuture } from './functions.js';
export { load } from './load.js';
export { declarations } from './declarations.js';
export { ExportedGenerator } from './exported_generator.js';
export type { App, CoroutineFunctions, LoadOptions, ModuleFactory } from './load.js';
export { create_runtime, Runtime } from './runtime.js';
export type { RuntimeOptions } from './runtime.js';
export type { Gather, GatherOptions, Gathered, ReturnWhen, Settled, WaitOptions } from './combinators.js';
export { Barrier, BoundedSemaphore, Condition, Event, Lock, Semaphore } from './locks.js';
export type { Held } from './locks.js';
export { LifoQueue, PriorityQueue, Queue } from './queues.js';
export type { Prioritized } from './queues.js';
export { TaskGroup } from './task_group.js';
export { Timeout } from './timeout.js';
export { AsCompleted } from './as_completed.js';
export type { AsCompletedOptions } from './as_completed.js';
export type { ScopeBody, ScopeOptions, Scoped } from './scope.js';
export { Context, ContextVar, Token } from './contexts.js';
export type { ContextVarOptions } from './contexts.js';
export type { ContextOption } from './context_half.js';
export { Runner } from './runner.js';
export type { RunOptions, RunnerOptions } from './base.js';
export type { CallGraphOptions, FutureCallGraph } from './call_graph.js';
export { create_eager_task_factory, eager_task_factory } from './task_factory.js';
export type { TaskFactory } from './task_factory.js';
export { EventLoop } from './loop.js';
export { Handle, TimerHandle } from './handle.js';
export type { ExceptionContext, ExceptionHandler, TaskOptions } from './loop.js';
export { Future } from './future.js';
export { Task } from './task.js';
export type { DoneCallback } from './future.js';
export { Coroutine } from './coroutine.js';
export type { AsyncFunction, Awaitable, CoroutineLike, FutureOf, GeneratorCoroutine } from './awaitable.js';
export type { Clock } from './instance.js';
export { ApplicationError } from './application_error.js';
export type { ErrorType, ExceptionCondition } from './errors.js';
export {
  BrokenBarrierError,
  CancelledError,
  ExceptionGroup,
  InvalidStateError,
  LookupError,
  MemoryError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  RuntimeError,
  StopAsyncIteration,
  TimeoutError,
  TypeError,
  ValueError,
  is_cancelled,
} from './errors.js';
