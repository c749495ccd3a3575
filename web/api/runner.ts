// SPDX-License-Identifier: MIT
// Runners: a loop that runs one coroutine after another, in one context, and ends as run() does.
/// <reference lib="esnext.disposable" preserve="true" />
import { isThenable, type Awaitable, type Awaited_ } from './awaitable.js';
import type { BaseRuntime, RunnerOptions } from './base.js';
import { contextPointer, type ContextOption } from './context_half.js';
import { copyContextIn, type Context } from './contexts.js';
import type { Core } from './core.js';
import { Coroutine } from './coroutine.js';
import { RuntimeError, expectFunction, expectOptions } from './errors.js';
import type { EventLoop } from './loop.js';
import { runtimeOf } from './objects.js';

/** Several runs on one loop: `await using runner = new Runner()`. The loop is made by the first call that needs it. */
export class Runner {
  #runtime: BaseRuntime;
  #options: RunnerOptions;
  #loop: EventLoop | undefined;
  #context: Context | undefined;
  #closed = false;

  constructor(options: RunnerOptions = {}) {
    expectOptions(options);
    if (options.loop_factory !== undefined) expectFunction('loop_factory', options.loop_factory);
    this.#runtime = runtimeOf(new.target);
    this.#options = options;
  }

  /** @internal */ get core(): Core {
    return this.#runtime.core;
  }

  #start(): EventLoop {
    if (this.#closed) throw new RuntimeError('Runner is closed');
    if (this.#loop) return this.#loop;
    const context = copyContextIn(this.#runtime)();
    this.#loop = this.#runtime.new_loop(this.#options);
    this.#context = context;
    return this.#loop;
  }

  #expectOutside(method: string): void {
    if (this.core.running)
      throw new RuntimeError(`Runner.${method}() cannot be called from a running event loop`);
    if (this.#loop?.is_running()) throw new RuntimeError(`Runner.${method}() cannot be called while the runner runs`);
  }

  /**
   * Runs a coroutine to its end, or waits for a future or a promise; a promise of the outcome. It runs in the runner's
   * context, a copy of the one current when the runner was first used, or in `options.context`. RuntimeError inside a
   * callback or coroutine, during another run and when the runner is closed, TypeError for what cannot be awaited.
   */
  async run<A extends Awaitable<any>>(awaitable: A, options: ContextOption = {}): Promise<Awaited_<A>> {
    this.#expectOutside('run');
    const loop = this.#start();
    contextPointer(this.core, expectOptions(options).context);
    const context = options.context ?? this.#context!;
    const runnable: any = !isThenable(awaitable) || awaitable instanceof Coroutine ? awaitable : undefined;
    return loop.run_until_complete<any>(runnable ? loop.create_task(runnable, { context }) : awaitable) as any;
  }

  /** The runner's loop. RuntimeError when it is closed. */
  get_loop(): EventLoop {
    return this.#start();
  }

  /**
   * Cancels the tasks that are left, waits for them, reports their failures and closes the loop. Twice is fine.
   * RuntimeError inside a callback or coroutine and during a run.
   */
  async close(): Promise<void> {
    this.#expectOutside('close');
    this.#closed = true;
    const loop = this.#loop;
    this.#loop = this.#context = undefined;
    await loop?.finish();
  }

  /** What `await using` calls: close(). */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
