// SPDX-License-Identifier: MIT
// A runtime with all of asyncio bound to it, as create_runtime() and load() give one. The package's own names are bound
// to another (home.ts) one by one, so that a bundler leaves out what a page does not use.
/// <reference lib="esnext.disposable" preserve="true" />
import { asCompletedIn } from './as_completed.js';
import { anextIn } from './async_generators.js';
import { BaseRuntime } from './base.js';
import * as graph from './call_graph.js';
import { Context, ContextVar, copyContextIn, useContexts } from './contexts.js';
import { gatherIn, shieldIn, waitForIn, waitIn } from './combinators.js';
import {
  allTasksIn,
  ensureFutureIn,
  getEventLoopIn,
  iscoroutine,
  iscoroutinefunction,
  isfuture,
  setEventLoopIn,
  sleepIn,
} from './functions.js';
import { embedded, type Clock, type Open } from './instance.js';
import { Barrier, BoundedSemaphore, Condition, Event, Lock, Semaphore } from './locks.js';
import { boundTo } from './objects.js';
import { LifoQueue, PriorityQueue, Queue } from './queues.js';
import { Runner } from './runner.js';
import { TaskGroup } from './task_group.js';
import { timeoutAtIn, timeoutIn } from './timeout.js';

/** What create_runtime() can be told. */
export interface RuntimeOptions {
  /** A clock in place of the host's: a test's need not wait. */
  clock?: Clock;
}

/** asyncio's functions over one core. They are bound: `const { run, sleep } = create_runtime()` works. */
export class Runtime extends BaseRuntime {
  /** Suspends for `delay` seconds, 0 or less for exactly one iteration; gives `result`. ValueError for NaN. */
  readonly sleep = sleepIn(this);

  /** The future to wait for: a coroutine is made a task and a promise a future, a future is returned as it is. */
  readonly ensure_future = ensureFutureIn(this);

  /** The pending tasks of the loop, oldest first. */
  readonly all_tasks = allTasksIn(this);

  /** The running loop, else the one set, else the one that the host drives. RuntimeError when null was set. */
  readonly get_event_loop = getEventLoopIn(this);

  /**
   * Sets what get_event_loop() gives outside loops, and where gather(), shield() and ensure_future() then make tasks;
   * null takes it away. TypeError for what is no loop.
   */
  readonly set_event_loop = setEventLoopIn(this);

  /** {@link iscoroutine}, of any runtime. */
  readonly iscoroutine = iscoroutine;

  /** {@link iscoroutinefunction}, of any runtime. */
  readonly iscoroutinefunction = iscoroutinefunction;

  /** {@link isfuture}, of any runtime. */
  readonly isfuture = isfuture;

  /**
   * Awaits all at once: the list of results in order. Coroutines become tasks; the first failure is the gather's, and
   * the others run on. Cancelling it cancels all that are not done. With a last argument `{ return_exceptions: true }`
   * failures are results.
   */
  readonly gather = gatherIn(this);

  /**
   * Waits until the futures are done as `return_when` says, or `timeout` seconds have passed; gives the sets of those
   * done and pending. Cancels nothing. ValueError for none, TypeError for a coroutine among them.
   */
  readonly wait = waitIn(this);

  /**
   * Awaits for at most `timeout` seconds (null: no limit). Then the awaitable is cancelled, its end waited for, and
   * TimeoutError thrown. ValueError for NaN.
   */
  readonly wait_for = waitForIn(this);

  /**
   * An awaitable with the outcome of another, whose cancellation stops here: who awaits it gets CancelledError, the
   * other runs on.
   */
  readonly shield = shieldIn(this);

  /**
   * The awaitables' results as they come. Iterating gives a coroutine for each, whose outcome is that of the next that
   * is done; `for await` gives the futures and tasks themselves. After `timeout` seconds those that are left are
   * TimeoutErrors, and run on. TypeError for what cannot be awaited, ValueError for NaN.
   */
  readonly as_completed = asCompletedIn(this);

  /**
   * A time limit on what `.with(function* (limit) { ... })` runs, `delay` seconds from now; null for none as yet.
   * TimeoutError when it has passed and that was cancelled by it. ValueError for NaN.
   */
  readonly timeout = timeoutIn(this);

  /** The same at the time `when` of the loop's clock. */
  readonly timeout_at = timeoutAtIn(this);

  /** {@link Event} of this runtime. */
  readonly Event: typeof Event = boundTo(this, Event);

  /** {@link Lock} of this runtime. */
  readonly Lock: typeof Lock = boundTo(this, Lock);

  /** {@link Condition} of this runtime. */
  readonly Condition: typeof Condition = boundTo(this, Condition);

  /** {@link Semaphore} of this runtime. */
  readonly Semaphore: typeof Semaphore = boundTo(this, Semaphore);

  /** {@link BoundedSemaphore} of this runtime. */
  readonly BoundedSemaphore: typeof BoundedSemaphore = boundTo(this, BoundedSemaphore);

  /** {@link Barrier} of this runtime. */
  readonly Barrier: typeof Barrier = boundTo(this, Barrier);

  /** {@link Queue} of this runtime. */
  readonly Queue: typeof Queue = boundTo(this, Queue);

  /** {@link LifoQueue} of this runtime. */
  readonly LifoQueue: typeof LifoQueue = boundTo(this, LifoQueue);

  /** {@link PriorityQueue} of this runtime. */
  readonly PriorityQueue: typeof PriorityQueue = boundTo(this, PriorityQueue);

  /** {@link TaskGroup} of this runtime. */
  readonly TaskGroup: typeof TaskGroup = boundTo(this, TaskGroup);

  /** {@link ContextVar} of this runtime. */
  readonly ContextVar: typeof ContextVar = boundTo(this, ContextVar);

  /** {@link Context} of this runtime. */
  readonly Context: typeof Context = boundTo(this, Context);

  /** A copy of the current context. */
  readonly copy_context = copyContextIn(this);

  /**
   * The next value of an asynchronous iterator; when there is none `fallback`, or without one StopAsyncIteration. The
   * loop closes a generator that has not ended when it ends itself. Cancelling abandons the value, not the generator,
   * which goes on until it yields. TypeError for what has no next().
   */
  readonly anext = anextIn(this);

  /** {@link Runner} of this runtime. */
  readonly Runner: typeof Runner = boundTo(this, Runner);

  /**
   * The coroutines within a future or task and the tasks that await it; null outside a task. Those that wait for each
   * other are told once. TypeError for what is neither.
   */
  readonly capture_call_graph = graph.captureCallGraphIn(this);

  /** The same as text: a line each, those that await it below; of the current task when left out. */
  readonly format_call_graph = graph.formatCallGraphIn(this);

  /** Writes that text to the console. */
  readonly print_call_graph = graph.printCallGraphIn(this);

  /**
   * A line for each pending task of the loop, the oldest first: its name, the coroutines within it, and what it waits
   * for. TypeError for what is no loop.
   */
  readonly format_tasks = graph.formatTasksIn(this);

  /** Writes that text to the console. */
  readonly print_tasks = graph.printTasksIn(this);

  /** The same as a tree, each task below those that await it. */
  readonly format_task_tree = graph.formatTaskTreeIn(this);

  /** Writes that text to the console. */
  readonly print_task_tree = graph.printTaskTreeIn(this);

  /** @internal */
  constructor(open: Open) {
    super(open);
    useContexts(this.core);
  }

  /** What `using` calls: close(). */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Makes a runtime: an instance of the core of its own, with loops of its own. */
export function create_runtime(options?: RuntimeOptions): Runtime {
  return new Runtime(embedded(options?.clock));
}
