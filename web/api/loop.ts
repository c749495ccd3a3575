// SPDX-License-Identifier: MIT
// Event loops and handles: JavaScript's half of C's. A run of C's blocks its caller; here it is begun, and a promise
// tells its end. Invariant: `pointer` is 0 once the loop is closed.
import {
  isAsyncFunction,
  isGeneratorFunction,
  type Awaitable,
  type Awaited_,
  type CoroutineLike,
} from './awaitable.js';
import { NO_TEXT, type Core, type Run } from './core.js';
import { Coroutine, coroutinePointer, pointerOf } from './coroutine.js';
import { RuntimeError, TypeError, ValueError, expectFunction, expectNumber, show } from './errors.js';
import { Future, Task } from './future.js';

/** What an exception handler is told. */
export interface ExceptionContext {
  /** What happened, a sentence. */
  message: string;
  /** The error, if there is one. */
  exception?: unknown;
  /** The future or task that it is about. */
  future?: Future<any>;
}

/** Receives the errors that nobody else does. */
export type ExceptionHandler = (loop: EventLoop, context: ExceptionContext) => void;

/** What create_task() can be told. */
export interface TaskOptions {
  /** The task's name in messages; `Task-1`, `Task-2`... when left out. */
  name?: string;
  /** Cancels the task when it fires. */
  signal?: AbortSignal;
  /** In a C program: bytes of the C stack that its functions run on. 32 KiB when left out; ValueError below 2 KiB. */
  stack_size?: number;
}

const SOON = 0;
const LATER = 1;
const AT = 2;

/** A callback that was scheduled. */
export class Handle {
  #loop: EventLoop;
  #pointer = 0;
  #callback: number;
  #cancelled = false;

  /** @internal */
  constructor(loop: EventLoop, how: number, time: number, callback: (...args: any[]) => unknown, args: unknown[]) {
    const { core } = loop;
    this.#loop = loop;
    this.#callback = core.bridge.handle(() => {
      this.release();
      callback(...args);
    });
    try {
      this.#pointer = core.made(core.c.schedule!(loop.pointer, how, time, this.#callback));
    } finally {
      if (!this.#pointer) core.bridge.values.delete(this.#callback);
    }
    loop.handles.add(this);
  }

  /** @internal */ get pointer(): number {
    return this.#pointer;
  }

  /** @internal The queue has let go of it. */
  release(): void {
    const { core, handles } = this.#loop;
    handles.delete(this);
    core.bridge.values.delete(this.#callback);
    core.c.handle_unref!(this.#pointer);
    this.#pointer = 0;
  }

  /** Keeps the callback from being called; does nothing once it was. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    if (!this.#pointer) return;
    this.#loop.core.c.handle_cancel!(this.#pointer);
    this.release();
  }

  /** Whether it was cancelled. */
  cancelled(): boolean {
    return this.#cancelled;
  }
}

/** A callback that was scheduled for a time. */
export class TimerHandle extends Handle {
  #when: number;

  /** @internal */
  constructor(loop: EventLoop, how: number, time: number, callback: (...args: any[]) => unknown, args: unknown[]) {
    super(loop, how, time, callback, args);
    this.#when = loop.core.c.handle_when!(this.pointer);
  }

  /** When it is due, in seconds on the loop's clock. */
  when(): number {
    return this.#when;
  }
}

/** An event loop. Made by `new_event_loop()`; it runs inside run_until_complete() and run_forever() alone. */
export class EventLoop {
  /** @internal */ readonly core: Core;
  /** @internal */ pointer: number;
  /** @internal */ readonly handles = new Set<Handle>();
  #handler: ExceptionHandler | null = null;

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

  /** Calls `callback` with `args` in the next iteration. RuntimeError when the loop is closed. */
  call_soon<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): Handle {
    return this.#schedule(Handle, SOON, 0, callback, args);
  }

  /** Calls `callback` with `args` in `delay` seconds; 0 or less is the next iteration. ValueError for NaN. */
  call_later<A extends unknown[]>(delay: number, callback: (...args: A) => unknown, ...args: A): TimerHandle {
    expectNumber('delay', delay);
    return this.#schedule(TimerHandle, LATER, delay, callback, args);
  }

  /** Calls `callback` with `args` when the loop's clock reads `when` seconds. ValueError for NaN. */
  call_at<A extends unknown[]>(when: number, callback: (...args: A) => unknown, ...args: A): TimerHandle {
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
    return this.make_task(coroutine, options, this.core.c.create_task!, this.open());
  }

  /** @internal The same by another function of C's, whose second argument is `owner`. */
  make_task<C extends CoroutineLike<any>>(
    coroutine: C,
    options: TaskOptions,
    create: (...args: number[]) => number,
    owner: number,
  ): Task<Awaited_<C>> {
    const { core } = this;
    const { name, signal, stack_size = 0 } = options;
    if (!Number.isInteger(stack_size) || stack_size < 0 || stack_size > 2 ** 31)
      throw new ValueError(`Expected [stack_size] to be a number of bytes, got ${show(stack_size)}`);
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw new TypeError(`Expected [signal] to be an AbortSignal, got ${show(signal)}`);
    const words = name === undefined || name === null ? undefined : String(name);
    const plain = !(coroutine instanceof Coroutine) || coroutine.plain; // the others may make what belongs to a loop
    const pointer = plain
      ? coroutinePointer(core, coroutine, 'coroutine')
      : core.within(this, () => coroutinePointer(core, coroutine, 'coroutine'));
    if (!pointer)
      throw new TypeError(`Expected [coroutine] to be a coroutine or an async function, got ${whatItIs(coroutine)}`);
    const task = core.made(
      words === undefined
        ? create(pointer, owner, NO_TEXT, stack_size)
        : core.withText(words, (size) => create(pointer, owner, size, stack_size)),
    );
    const made = new Task<Awaited_<C>>(core, this, task, words).watch();
    if (signal) made.add_done_callback(abortWith(made, signal));
    return made;
  }

  /** @internal Begins a run until `pointer` is done (0: until stop), with a promise of its outcome. */
  drive(begin: () => number): Promise<any> {
    const { core } = this;
    return new Promise((resolve, reject) => {
      const pointer = begin();
      if (!pointer) return resolve(undefined);
      const settle = (run: Run) => {
        core.runs.delete(run);
        const status = core.c.run_end!(pointer);
        if (status) reject(core.takeError(status));
        else resolve(core.read(pointer));
        core.c.run_free!(pointer);
      };
      core.runs.add({ pointer, settle, fail: reject });
    });
  }

  /**
   * Runs the loop until `awaitable` is done; a promise of its outcome. RuntimeError when a loop is running here or it
   * is closed.
   */
  run_until_complete<A extends Awaitable<any>>(awaitable: A): Promise<Awaited_<A>> {
    const { core } = this;
    return this.drive(() => {
      const loop = this.open();
      this.#expectIdle();
      const pointer = core.within(this, () => pointerOf(core, awaitable, 'awaitable'));
      return core.made(core.c.run_begin!(loop, pointer));
    });
  }

  /** Runs the loop until stop(); a promise of that. Errors as above. */
  run_forever(): Promise<void> {
    return this.drive(() => {
      const loop = this.open();
      return this.core.made(this.core.c.run_begin!(loop, 0));
    });
  }

  // Before anything is made that the run would then not take.
  #expectIdle(): void {
    if (this.is_running()) throw new RuntimeError('This event loop is already running');
    if (this.core.running) throw new RuntimeError('Cannot run the event loop while another loop is running');
  }

  /** Ends the run after the current iteration; called before a run, that run does one iteration. */
  stop(): void {
    if (this.pointer) this.core.c.loop_stop!(this.pointer);
  }

  /** @internal As asyncio.run ends: what is left is cancelled, waited for and reported, and the loop closed. */
  async finish(): Promise<void> {
    if (!this.pointer) return; // its runtime was closed
    await this.drive(() => this.core.c.run_leftovers!(this.pointer)).catch(() => {});
    this.close();
  }

  /** Ends its pending tasks with CancelledError and drops what is queued. RuntimeError while it runs; twice is fine. */
  close(): void {
    const { core, pointer } = this;
    if (!pointer) return;
    core.check(core.c.loop_close!(pointer));
    for (const handle of this.handles) handle.release();
    core.whenQuiet(() => {
      for (const value of core.bridge.values.all()) if (Future.isWatched(value) && value.loop === this) value.closed();
      core.reportUnseen(pointer);
    });
    core.loops.delete(pointer);
    this.pointer = 0;
    core.c.loop_unref!(pointer);
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
  default_exception_handler({ message, exception, future }: ExceptionContext): void {
    const name = future instanceof Task ? ` (${future.get_name()})` : '';
    console.error(
      `asyncio: ${message}${name}${exception === undefined ? '' : ':'}`,
      ...(exception === undefined ? [] : [exception]),
    );
  }
}

function whatItIs(value: unknown): string {
  if (value instanceof Future) return 'a future: it is scheduled already';
  if (value instanceof Promise) return 'a Promise: give the async function itself, not what calling it returns';
  return show(value);
}

/** Cancels `task` when `signal` fires, or now if it has; returns what takes that back. */
export function abortWith(task: Task<any>, signal: AbortSignal): () => void {
  const abort = () => {
    const reason: unknown = signal.reason;
    task.cancel(reason instanceof Error ? reason.message : String(reason));
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return () => signal.removeEventListener('abort', abort);
}
