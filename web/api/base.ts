// SPDX-License-Identifier: MIT
// What every runtime has: one instance of the core with its loops, and of asyncio what starts and drives tasks. What a
// page may leave out is bound to it elsewhere (combinators.ts, objects.ts), so that a bundler can.
import type { Awaited_, CoroutineLike } from './awaitable.js';
import { Core } from './core.js';
import { Coroutine, currentTask } from './coroutine.js';
import { RuntimeError, TypeError, expectOptions, show } from './errors.js';
import { Future } from './future.js';
import { Task } from './task.js';
import type { Open } from './instance.js';
import { EventLoop, type TaskOptions } from './loop.js';

/** What Runner can be told. */
export interface RunnerOptions {
  /** The loop's debug mode; as the loop has it when left out. */
  debug?: boolean;
  /** Makes the loop, which is closed in the end; new_event_loop when left out. */
  loop_factory?: () => EventLoop;
}

/** What run() can be told. */
export interface RunOptions extends RunnerOptions {
  /** Cancels what run() runs when it fires, with its reason as the `cause` of the CancelledError. */
  signal?: AbortSignal;
}

declare const process: { on?(event: string, listener: () => void): void } | undefined;

const cores = new Set<WeakRef<Core>>();

// When Node.js has nothing left to do, runs that wait are told that they do so in vain, and failures that nobody has
// looked at.
function reportAtExit(core: Core): void {
  if (typeof process !== 'object' || typeof process.on !== 'function') return;
  if (cores.size === 0) process.on('beforeExit', () => cores.forEach((each) => each.deref()?.drained()));
  cores.add(new WeakRef(core));
}

/** What create_runtime() and load() give, but for what can be left out. */
export class BaseRuntime {
  #core: Core;
  #default: EventLoop | undefined;
  /** @internal set_event_loop's. */ current: EventLoop | null | undefined;

  /** @internal */
  constructor(open: Open) {
    const core = new Core(open);
    this.#core = core;
    core.wrapTask = (pointer) => this.#wrapTask(pointer);
    core.report = (loop, message, exception, future) => this.#report(loop, message, exception, future);
    reportAtExit(core);
  }

  /** @internal */ get core(): Core {
    return this.#core;
  }

  #wrapTask(pointer: number): Task<any> {
    const half = this.#core.bridge.values.get(this.#core.c.half!(pointer));
    if (half) return half as Task<any>;
    const loop = this.#core.loops.get(this.#core.c.future_get_loop!(pointer))!;
    const task = new Task(this.#core, loop, this.#core.c.ref!(pointer));
    task.get_name(); // C made it, and may have named it
    return task.watch();
  }

  #report(pointer: number, message: string, exception: unknown, future: number): void {
    const loop = this.#core.loops.get(pointer);
    if (!loop) return console.error(`asyncio: ${message}:`, exception); // it was closed meanwhile
    const wrapper = future && this.#core.c.istask!(future) ? this.#wrapTask(future) : undefined;
    loop.call_exception_handler({
      message,
      ...(exception !== undefined && { exception }),
      ...(wrapper && { future: wrapper }),
    });
  }

  // The loop that code belongs to: the running one, or for code that no loop has called the one that the host drives
  // for ever.
  #here(): EventLoop {
    const running = this.#core.running;
    if (running) return running;
    if (!this.#default || this.#default.is_closed()) {
      this.#default = new EventLoop(this.#core);
      this.#default.run_forever().catch(() => {}); // which only the runtime's end ends
    }
    return this.#default;
  }

  /** @internal Calls `use` in the running loop; outside one in `first`'s, if it has one, or the one that is set. */
  within<T>(first: unknown, use: (loop: EventLoop) => T): T {
    const own = first instanceof Future && first.core === this.#core ? first.get_loop() : this.current;
    const loop = this.#core.running ?? own ?? this.#here();
    return this.#core.within(loop, () => use(loop));
  }

  // Tasks of coroutine objects, made when those are awaited.
  readonly #start = (coroutine: Coroutine<any>): Future<any> => this.create_task(coroutine);

  /** @internal A coroutine object whose C half `make` makes, from `argument`; `plain`: of no loop. */
  coroutine<T>(make: (argument: any) => number, plain = false, argument?: unknown): Coroutine<T> {
    return new Coroutine<T>(this.#core, make, this.#start, plain, argument);
  }

  /**
   * Runs a coroutine on a new loop, then cancels the tasks that are left, waits for them and closes the loop; a
   * promise of the outcome. `options` has the loop's debug mode, who makes the loop, and a signal that cancels.
   * RuntimeError inside a callback or coroutine, and in Node.js when nothing is left that could wake its tasks.
   * TypeError for what is no coroutine.
   */
  readonly run = async <C extends CoroutineLike<any>>(coroutine: C, options: RunOptions = {}): Promise<Awaited_<C>> => {
    if (this.#core.running) throw new RuntimeError('asyncio.run() cannot be called from a running event loop');
    const { signal } = expectOptions(options);
    const loop = this.new_loop(options);
    try {
      return await loop.run_until_complete(loop.create_task(coroutine, signal && { signal }));
    } finally {
      await loop.finish();
    }
  };

  /** @internal The loop of a run. */
  new_loop({ debug, loop_factory = this.new_event_loop }: RunnerOptions): EventLoop {
    const loop: unknown = loop_factory();
    if (!(loop instanceof EventLoop)) throw new TypeError(`Expected [loop_factory] to give a loop, got ${show(loop)}`);
    if (debug !== undefined) loop.set_debug(debug);
    return loop;
  }

  /**
   * Makes a task of a coroutine object or an async function and schedules its first step. TypeError for anything else,
   * a promise above all: calling an async function has started it already.
   */
  readonly create_task = <C extends CoroutineLike<any>>(coroutine: C, options?: TaskOptions): Task<Awaited_<C>> =>
    this.#here().create_task(coroutine, options);

  /** The task that is executing; null in a callback or outside a loop. */
  readonly current_task = (): Task<any> | null => currentTask(this.#core) ?? null;

  /** The loop that runs this code; for code that no loop has called, the one that the host drives. */
  readonly get_running_loop = (): EventLoop => this.#here();

  /** A new loop, to be run by its own run_until_complete() or run_forever(). */
  readonly new_event_loop = (): EventLoop => new EventLoop(this.#core);

  /**
   * Ends the runtime: its pending tasks get CancelledError, as when their loop is closed, and then the loops are. What
   * is used of it afterwards is a RuntimeError, pending futures included. RuntimeError in a callback or coroutine of
   * its own; twice is fine.
   */
  readonly close = (): void => this.#core.close();
}
