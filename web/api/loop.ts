// SPDX-License-Identifier: MIT
// Event loops: JavaScript's half of C's. A run of C's blocks its caller; here it is begun, and a promise
// tells its end. Invariant: `pointer` is 0 once the loop is closed.
import { abortOn } from './abort.js';
import { isAsyncFunction, isGeneratorFunction, type Awaitable, type Awaited_, type CoroutineLike } from './awaitable.js';
import type { OpenGenerators } from './async_generators.js';
import { contextPointer, type ContextOption } from './context_half.js';
import { NO_TEXT, type Core, type Run } from './core.js';
import { Coroutine, coroutinePointer, pointerOf, whatItIs } from './coroutine.js';
import { RuntimeError, TypeError, ValueError, callersOf, expectFunction, expectNumber, expectOptions, inspect, show } from './errors.js';
import { Future } from './future.js';
import { AT, Handle, LATER, SOON, TimerHandle, type Given } from './handle.js';
import { Task } from './task.js';
import { expectTask, factoryStepper, type TaskFactory } from './task_factory.js';

/** What an exception handler is told. */
export interface ExceptionContext {
  /** What happened, a sentence. */
  message: string;
  /** The error, if there is one. */
  exception?: unknown;
  /** The future or task that it is about. */
  future?: Future<any>;
  /** In debug mode, of a coroutine that was never awaited: the stack of its making. */
  source_traceback?: string | undefined;
}

/** Receives the errors that nobody else does. */
export type ExceptionHandler = (loop: EventLoop, context: ExceptionContext) => void;

/** What create_task() can be told. */
export interface TaskOptions extends ContextOption {
  /** The task's name in messages; `Task-1`, `Task-2`... when left out. */
  name?: string;
  /** Cancels the task when it fires; its reason is the `cause` of the CancelledError. */
  signal?: AbortSignal;
  /** In a C program: bytes of the C stack that its functions run on. 32 KiB when left out; ValueError below 2 KiB. */
  stack_size?: number;
  /**
   * Takes its first step at once, if its loop is running: a coroutine that need not wait is done when that returns, but
   * for an async function, whose promise tells its end later.
   */
  eager_start?: boolean;
}

// How a task is made, as src/web/api.c has it.
const EAGER = 1;
const UNASKED = 2;

/** An event loop. Made by `new_event_loop()`; it runs inside run_until_complete() and run_forever() alone. */
export class EventLoop {
  /** @internal */ readonly core: Core;
  /** @internal */ pointer: number;
  /** @internal */ readonly handles = new Set<Handle>();
  /** @internal Of JavaScript's asynchronous generators those that it knows of, once there are any. */
  asyncgens: OpenGenerators | undefined;
  #handler: ExceptionHandler | null = null;
  #factory: TaskFactory | null = null;
  #asked = 0; // a handle of the factory, for C
  #debug = false;
  #slow = 0.1;

  /** @internal */
  constructor(core: Core) {
    this.core = core;
    this.pointer = core.made(core.c.new_loop!());
    core.loops.set(this.pointer, this);
  }

  /** @internal The pointer of an open loop. */
  open(): number {
    if (!this.pointer) throw new RuntimeError('Event loop is closed');
    return this.pointer;
  }

  #schedule<H extends Handle>(
    type: new (loop: EventLoop, how: number, time: number, callback: any, args: unknown[]) => H,
    how: number,
    time: number,
    callback: unknown,
    args: unknown[],
  ): H {
    expectFunction('callback', callback);
    if (isGeneratorFunction(callback) || isAsyncFunction(callback))
      throw new TypeError(`Expected [callback] to be a plain function, got a coroutine function: make it a task`);
    this.open();
    return new type(this, how, time, callback, args);
  }

  /**
   * Calls `callback` with `args` in the next iteration; with a last argument `{ context }` in that context, here as
   * below. RuntimeError when the loop is closed.
   */
  call_soon<A extends unknown[]>(callback: (...args: Given<A>) => unknown, ...args: A): Handle;
  call_soon<A extends unknown[]>(callback: (...args: Given<A>) => unknown, ...args: [...A, options: ContextOption]): Handle;
  call_soon(callback: unknown, ...args: unknown[]): Handle {
    return this.#schedule(Handle, SOON, 0, callback, args);
  }

  /** Calls `callback` with `args` in `delay` seconds; 0 or less is the next iteration. ValueError for NaN. */
  call_later<A extends unknown[]>(delay: number, callback: (...args: Given<A>) => unknown, ...args: A): TimerHandle;
  call_later<A extends unknown[]>(
    delay: number,
    callback: (...args: Given<A>) => unknown,
    ...args: [...A, options: ContextOption]
  ): TimerHandle;
  call_later(delay: number, callback: unknown, ...args: unknown[]): TimerHandle {
    expectNumber('delay', delay);
    return this.#schedule(TimerHandle, LATER, delay, callback, args);
  }

  /** Calls `callback` with `args` when the loop's clock reads `when` seconds. ValueError for NaN. */
  call_at<A extends unknown[]>(when: number, callback: (...args: Given<A>) => unknown, ...args: A): TimerHandle;
  call_at<A extends unknown[]>(
    when: number,
    callback: (...args: Given<A>) => unknown,
    ...args: [...A, options: ContextOption]
  ): TimerHandle;
  call_at(when: number, callback: unknown, ...args: unknown[]): TimerHandle {
    expectNumber('when', when);
    return this.#schedule(TimerHandle, AT, when, callback, args);
  }

  /** The loop's clock: monotonic seconds from an arbitrary start. */
  time(): number {
    return this.core.c.loop_time!(this.pointer);
  }

  /** A pending future of this loop. RuntimeError when it is closed. */
  create_future<T = any>(): Future<T> {
    const { core } = this;
    return new Future<T>(core, this, core.made(core.c.loop_create_future!(this.open()))).collectable();
  }

  /** Makes a task of a coroutine and schedules its first step. TypeError for what is no coroutine. */
  create_task<C extends CoroutineLike<any>>(coroutine: C, options: TaskOptions = {}): Task<Awaited_<C>> {
    if (this.#factory) return expectTask(this, this.#factory(this, coroutine, options));
    return this.make_task(coroutine, options, this.core.c.create_task!, this.open());
  }

  /** The same without asking the task factory, for a factory to call. */
  new_task<C extends CoroutineLike<any>>(coroutine: C, options: TaskOptions = {}): Task<Awaited_<C>> {
    return this.make_task(coroutine, options, this.core.c.create_task!, this.open(), UNASKED);
  }

  /** @internal The same by another function of C's, whose second argument is `owner`. */
  make_task<C extends CoroutineLike<any>>(
    coroutine: C,
    options: TaskOptions,
    create: (...args: number[]) => number,
    owner: number,
    how = 0,
  ): Task<Awaited_<C>> {
    const { core } = this;
    const { name, signal, stack_size = 0 } = expectOptions(options);
    const context = contextPointer(core, options.context);
    if (!Number.isInteger(stack_size) || stack_size < 0 || stack_size > 2 ** 31)
      throw new ValueError(`Expected [stack_size] to be a number of bytes, got ${show(stack_size)}`);
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw new TypeError(`Expected [signal] to be an AbortSignal, got ${show(signal)}`);
    const words = name === undefined || name === null ? undefined : String(name);
    const pointer = this.#take(coroutine);
    const as = how | Number(Boolean(options.eager_start));
    if (as & EAGER || (this.#factory && !(as & UNASKED)))
      return abortOn(signal, this.#known(words, as, (size) => create(pointer, owner, size, stack_size, 0, context, as)));
    const made = new Task<Awaited_<C>>(core, this, 0, words);
    const half = made.half();
    made.begun(
      words === undefined
        ? create(pointer, owner, NO_TEXT, stack_size, half, context, as)
        : core.withText(words, (size) => create(pointer, owner, size, stack_size, half, context, as)),
    );
    return abortOn(signal, made);
  }

  // C's coroutine of one; those that are not plain may make what belongs to a loop.
  #take(coroutine: unknown): number {
    const { core } = this;
    const plain = !(coroutine instanceof Coroutine) || coroutine.plain;
    const pointer = plain
      ? coroutinePointer(core, coroutine, 'coroutine')
      : core.within(this, () => coroutinePointer(core, coroutine, 'coroutine'));
    if (pointer) return pointer;
    throw new TypeError(`Expected [coroutine] to be a coroutine or an async function, got ${whatItIs(coroutine)}`);
  }

  // A task that has its half already: from its first step, or because a factory made it.
  #known(words: string | undefined, how: number, create: (size: number) => number): Task<any> {
    const { core } = this;
    const start = () => core.made(core.withText(words, create));
    const here = how & EAGER && !core.running && this.is_running(); // code that no loop has called counts as this one's
    const task = here ? core.within(this, start) : start();
    const made = core.wrapTask(task);
    core.c.unref!(task);
    return made;
  }

  /** @internal Begins a run, with a promise of its outcome; `waits`: for more than stop(). */
  drive(begin: () => number, waits = true): Promise<any> {
    const { core } = this;
    return new Promise((resolve, reject) => {
      let vain: Error | undefined;
      const pointer = begin();
      if (!pointer) return resolve(undefined);
      const stuck = () => {
        if (!waits) return;
        vain = new RuntimeError(`Nothing is left that could wake ${core.tasksOf(this.pointer).slice(0, 9).join(', ')}`);
        this.stop();
      };
      const settle = (run: Run) => {
        core.runs.delete(run);
        const status = core.c.run_end!(pointer);
        const error = status && core.takeError(status);
        if (status) reject(vain ?? error);
        else resolve(core.read(pointer));
        core.c.run_free!(pointer);
      };
      core.runs.add({ pointer, settle, fail: reject, stuck });
    });
  }

  /**
   * Runs the loop until `awaitable` is done; a promise of its outcome. RuntimeError when a loop is running here or it
   * is closed, and in Node.js when nothing is left that could wake its tasks.
   */
  run_until_complete<A extends Awaitable<any>>(awaitable: A): Promise<Awaited_<A>> {
    const { core } = this;
    return this.drive(() => {
      const loop = this.open();
      core.check(core.c.startable!(loop)); // before anything is made that the run would then not take
      const pointer = core.within(this, () => pointerOf(core, awaitable, 'awaitable'));
      return core.made(core.c.run_begin!(loop, pointer));
    });
  }

  /** Runs the loop until stop(); a promise of that. Errors as above. */
  run_forever(): Promise<void> {
    return this.drive(() => this.core.made(this.core.c.run_begin!(this.open(), 0)), false);
  }

  /** Ends the run after the current iteration; called before a run, that run does one iteration. */
  stop(): void {
    if (this.pointer) this.core.c.loop_stop!(this.pointer);
  }

  /** @internal As asyncio.run ends: what is left is cancelled, waited for and reported, and the loop closed. */
  async finish(): Promise<void> {
    if (!this.pointer) return; // its runtime was closed
    await this.drive(() => this.core.c.run_leftovers!(this.pointer)).catch(() => {});
    if (this.asyncgens || (this.pointer && this.core.c.has_asyncgens?.(this.pointer)))
      await this.run_until_complete(this.shutdown_asyncgens()).catch(() => {});
    this.close();
  }

  /** Who makes the tasks of this loop from now on; null restores the default, `new_task()`. */
  set_task_factory(factory: TaskFactory | null): void {
    if (factory !== null) expectFunction('factory', factory);
    const { core } = this;
    const loop = this.open();
    core.bridge.values.delete(this.#asked);
    this.#factory = factory;
    this.#asked = factory ? core.bridge.handle(factoryStepper(this, factory)) : 0;
    core.c.set_task_factory!(loop, this.#asked);
  }

  /** The factory that was set, or null. */
  get_task_factory(): TaskFactory | null {
    return this.#factory;
  }

  /**
   * Debug mode: the exception handler is told of callbacks and steps of tasks that take long, and, as the loop is
   * closed, of coroutine objects that were made while it ran and that nobody has awaited.
   */
  set_debug(enabled: boolean): void {
    this.#watch(enabled, this.#slow);
    this.#debug = Boolean(enabled);
    this.core.unused ??= new Map();
  }

  /** Whether it is in debug mode. */
  get_debug(): boolean {
    return this.#debug;
  }

  /** How many seconds are long in debug mode; 0.1 at first, Infinity: nothing is. TypeError, ValueError for NaN. */
  get slow_callback_duration(): number {
    return this.#slow;
  }

  set slow_callback_duration(seconds: number) {
    expectNumber('seconds', seconds);
    this.#watch(this.#debug, seconds);
    this.#slow = seconds;
  }

  #watch(debug: boolean, seconds: number): void {
    this.core.check(this.core.c.set_debug!(this.open(), Number(debug), seconds));
  }

  /**
   * Closes the asynchronous generators that its tasks have begun and not ended: those of a C program, and of
   * JavaScript's those that anext() has gone on with. Their failures go to the exception handler. run() does it.
   */
  shutdown_asyncgens(): Coroutine<void> {
    const start = (coroutine: Coroutine<void>) => this.create_task(coroutine);
    return new Coroutine<void>(this.core, () => coroutinePointer(this.core, this.#closeGenerators(), '')!, start);
  }

  *#closeGenerators(): Generator<unknown, void, any> {
    const { core } = this;
    const shutdown = core.c.shutdown_asyncgens;
    if (shutdown) yield new Coroutine(core, () => core.made(shutdown(this.open())), () => this.create_future());
    if (this.asyncgens) yield* this.asyncgens.close();
  }

  /** Ends its pending tasks with CancelledError and drops what is queued. RuntimeError while it runs; twice is fine. */
  close(): void {
    const { core, pointer } = this;
    if (!pointer) return;
    core.check(core.c.loop_close!(pointer));
    core.bridge.values.delete(this.#asked);
    this.#reportUnused();
    for (const handle of this.handles) handle.release();
    core.whenQuiet(() => {
      for (const value of core.bridge.values.all()) if (Future.isWatched(value) && value.loop === this) value.closed();
      core.reportUnseen(pointer);
    });
    core.loops.delete(pointer);
    this.pointer = 0;
    core.c.loop_unref!(pointer);
  }

  #reportUnused(): void {
    for (const [coroutine, [loop, stack]] of this.core.unused ?? []) {
      if (loop !== this) continue;
      this.core.unused!.delete(coroutine);
      const source_traceback = callersOf(stack);
      if (this.#debug) this.call_exception_handler({ message: 'A coroutine was never awaited', source_traceback });
    }
  }

  /** @internal C does not run any more. */
  abandon(): void {
    this.pointer = 0;
    this.handles.clear();
  }

  /** Whether it is between the start of a run and its end. */
  is_running(): boolean {
    return this.pointer !== 0 && this.core.c.loop_is_running!(this.pointer) !== 0;
  }

  /** As asyncio shows it. */
  toString(): string {
    return `<EventLoop running=${this.is_running()} closed=${this.is_closed()} debug=${this.#debug}>`;
  }

  /** @internal */ [inspect](): string {
    return `${this}`;
  }

  /** Whether it was closed. */
  is_closed(): boolean {
    return this.pointer === 0;
  }

  /** Who receives the errors that nobody else does; null restores the default, which writes them to the console. */
  set_exception_handler(handler: ExceptionHandler | null): void {
    if (handler !== null) expectFunction('handler', handler);
    this.#handler = handler;
  }

  /** The handler that was set, or null. */
  get_exception_handler(): ExceptionHandler | null {
    return this.#handler;
  }

  /** Tells the exception handler. */
  call_exception_handler(context: ExceptionContext): void {
    if (!this.#handler) return this.default_exception_handler(context);
    try {
      this.#handler(this, context);
    } catch (error) {
      this.default_exception_handler({ message: 'Exception in the exception handler', exception: error });
      this.default_exception_handler(context);
    }
  }

  /** Writes what happened to the console. */
  default_exception_handler({ message, exception, future, source_traceback }: ExceptionContext): void {
    const name = future instanceof Task ? ` (${future.get_name()})` : '';
    console.error(
      `asyncio: ${message}${name}${exception === undefined ? '' : ':'}`,
      ...[exception, source_traceback && `\n${source_traceback}`].filter((told) => told !== undefined),
    );
  }
}
