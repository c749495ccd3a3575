// SPDX-License-Identifier: MIT
// A runtime: one instance of the core with the API bound to it. The package's own names are those of one made on
// import.
import {
  isAsyncFunction,
  isGeneratorFunction,
  isThenable,
  uncalled,
  type Awaitable,
  type Awaited_,
  type CoroutineLike,
} from './awaitable.js';
import { Core } from './core.js';
import { Coroutine, Pause, currentTask, isUnusedCoroutine, pointerOf } from './coroutine.js';
import { RuntimeError, TypeError, ValueError, expectNumber, show } from './errors.js';
import { Future, Task } from './future.js';
import { embedded, type Clock, type Open } from './instance.js';
import { EventLoop, type TaskOptions } from './loop.js';

declare const process: { on?(event: string, listener: () => void): void } | undefined;

/** When wait() is over: all are done, the first is, or the first has failed (a cancelled one does not count). */
export type ReturnWhen = 'ALL_COMPLETED' | 'FIRST_COMPLETED' | 'FIRST_EXCEPTION';

const RETURN_WHEN: readonly string[] = ['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION'];

/** The results of a gather, in the order of its awaitables. */
export type Gathered<A extends readonly unknown[]> = { -readonly [I in keyof A]: Awaited_<A[I]> };

/** What gather() can be told, as its last argument. */
export interface GatherOptions {
  /** Makes failures and cancellations results instead of the gather's own failure. */
  return_exceptions?: boolean;
}

/** What wait() can be told. */
export interface WaitOptions {
  /** Seconds after which it is over in any case; null for no limit. */
  timeout?: number | null;
  /** What it waits for. */
  return_when?: ReturnWhen;
}

/** What create_runtime() can be told. */
export interface RuntimeOptions {
  /** A clock in place of the host's: a test's need not wait. */
  clock?: Clock;
}

const cores = new Set<WeakRef<Core>>();

// The failures that nobody has looked at when Node has nothing left to do.
function reportAtExit(core: Core): void {
  if (typeof process !== 'object' || typeof process.on !== 'function') return;
  if (cores.size === 0) process.on('beforeExit', () => cores.forEach((each) => each.deref()?.reportUnseen()));
  cores.add(new WeakRef(core));
}

const isOptions = (value: unknown): value is GatherOptions =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  Object.keys(value).join() === 'return_exceptions';

/** asyncio's functions over one core. They are bound: `const { run, sleep } = create_runtime()` works. */
export class Runtime {
  #core: Core;
  #default: EventLoop | undefined;
  #current: EventLoop | null | undefined; // set_event_loop's

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

  #within<T>(use: (loop: EventLoop) => T): T {
    const loop = this.#here();
    return this.#core.within(loop, () => use(loop));
  }

  // Pointers for C, which takes the temporary ones over.
  #pointers(awaitables: readonly unknown[]): number[] {
    const pointers: number[] = [];
    try {
      for (const awaitable of awaitables)
        pointers.push(pointerOf(this.#core, awaitable, `awaitables[${pointers.length}]`));
      return pointers;
    } catch (error) {
      pointers.forEach((pointer) => this.#core.c.drop!(pointer));
      throw error;
    }
  }

  // Tasks of coroutine objects, made when those are awaited.
  readonly #start = (coroutine: Coroutine<any>): Future<any> => this.create_task(coroutine);

  /** @internal A coroutine object whose C half `make` makes; `plain`: of no loop. */
  coroutine<T>(make: () => number, plain = false): Coroutine<T> {
    return new Coroutine<T>(this.#core, make, this.#start, plain);
  }

  /**
   * Runs a coroutine on a new loop, then cancels the tasks that are left, waits for them and closes the loop; a
   * promise of the outcome. RuntimeError inside a callback or coroutine, TypeError for what is no coroutine.
   */
  readonly run = async <C extends CoroutineLike<any>>(main: C): Promise<Awaited_<C>> => {
    if (this.#core.running) throw new RuntimeError('asyncio.run() cannot be called from a running event loop');
    if (isGeneratorFunction(main) || !(typeof main === 'function' || this.iscoroutine(main))) {
      const what = isGeneratorFunction(main) ? uncalled(main) : show(main);
      throw new TypeError(`Expected [main] to be a coroutine or an async function, got ${what}`);
    }
    const loop = new EventLoop(this.#core);
    try {
      return await loop.run_until_complete(main);
    } finally {
      await loop.finish();
    }
  };

  /**
   * Makes a task of a coroutine object or an async function and schedules its first step. TypeError for anything else,
   * a promise above all: calling an async function has started it already.
   */
  readonly create_task = <C extends CoroutineLike<any>>(coroutine: C, options?: TaskOptions): Task<Awaited_<C>> =>
    this.#here().create_task(coroutine, options);

  /** The future to wait for: a coroutine is made a task and a promise a future, a future is returned as it is. */
  readonly ensure_future = <A extends Awaitable<any>>(awaitable: A): Future<Awaited_<A>> => {
    const core = this.#core;
    if (awaitable instanceof Future) return awaitable;
    if (typeof awaitable === 'function' || this.iscoroutine(awaitable))
      return this.create_task(awaitable as any) as Task<any>;
    return this.#within((loop) => {
      const pointer = pointerOf(core, awaitable, 'awaitable');
      return new Future<Awaited_<A>>(core, loop, core.c.ref!(pointer)).watch();
    });
  };

  /**
   * Awaits all at once: the list of results in order. Coroutines become tasks; the first failure is the gather's, and
   * the others run on. Cancelling it cancels all that are not done. With a last argument `{ return_exceptions: true }`
   * failures are results.
   */
  readonly gather = <const A extends readonly unknown[]>(
    ...args: [...A] | [...A, GatherOptions]
  ): Future<Gathered<A>> => {
    const last = args.at(-1);
    const options: GatherOptions = args.length > 0 && isOptions(last) ? last : {};
    const awaitables = options === last ? args.slice(0, -1) : args;
    const core = this.#core;
    return this.#within((loop) => {
      const pointers = this.#pointers([...new Set(awaitables)]);
      const places = new Map([...new Set(awaitables)].map((awaitable, index) => [awaitable, pointers[index]!]));
      const all = awaitables.map((awaitable) => places.get(awaitable)!);
      const gather = core.withPointers(all, (array) =>
        core.made(core.c.gather_array!(array, all.length, Number(Boolean(options.return_exceptions)))),
      );
      return new Future<Gathered<A>>(core, loop, core.c.ref!(gather)).watch();
    });
  };

  /**
   * Waits until the futures are done as `return_when` says, or `timeout` seconds have passed; gives the sets of those
   * done and pending. Cancels nothing. ValueError for none, TypeError for a coroutine among them.
   */
  readonly wait = <T>(
    futures: Iterable<Future<T> | PromiseLike<T>>,
    { timeout = null, return_when = 'ALL_COMPLETED' }: WaitOptions = {},
  ): Coroutine<[Set<Future<T>>, Set<Future<T>>]> => {
    const single = futures instanceof Future || futures instanceof Coroutine; // which are iterable for yield*
    if (single || typeof futures?.[Symbol.iterator] !== 'function') {
      const what = single ? 'a single one' : show(futures);
      throw new TypeError(`Expected [futures] to be an iterable of futures, got ${what}`);
    }
    const wait = this.#wait([...futures], timeout, return_when);
    return this.coroutine(() => pointerOf(this.#core, wait, 'wait'));
  };

  *#wait<T>(given: unknown[], timeout: number | null, return_when: ReturnWhen): Generator<unknown, any, any> {
    const core = this.#core;
    const when = RETURN_WHEN.indexOf(return_when);
    if (when < 0) throw new ValueError(`Invalid return_when value: ${show(return_when)}`);
    if (timeout !== null) expectNumber('timeout', timeout);
    given.forEach((one, index) => {
      if (one instanceof Future || (isThenable(one) && !(one instanceof Coroutine))) return;
      const what = this.iscoroutine(one) ? `a coroutine at ${index}: make it a task first` : `${show(one)} at ${index}`;
      throw new TypeError(`Expected [futures] to be futures or tasks, got ${what}`);
    });
    const futures = [...new Set(given)].map((one) => this.ensure_future(one as Future<T>));
    yield this.coroutine(() => {
      const pointers = this.#pointers(futures);
      const wait = core.withPointers(pointers, (array) =>
        core.c.wait_coroutine!(array, pointers.length, timeout ?? Infinity, when),
      );
      pointers.forEach((pointer) => core.c.drop!(pointer)); // the wait has references of its own
      return core.made(wait);
    });
    return [new Set(futures.filter((future) => future.done())), new Set(futures.filter((future) => !future.done()))];
  }

  /**
   * Awaits for at most `timeout` seconds (null: no limit). Then the awaitable is cancelled, its end waited for, and
   * TimeoutError thrown. ValueError for NaN.
   */
  readonly wait_for = <A extends Awaitable<any>>(awaitable: A, timeout: number | null): Coroutine<Awaited_<A>> => {
    const core = this.#core;
    return this.coroutine(() => {
      if (timeout !== null && timeout !== undefined) expectNumber('timeout', timeout);
      return core.made(core.c.wait_for_coroutine!(pointerOf(core, awaitable, 'awaitable'), timeout ?? Infinity));
    });
  };

  /**
   * An awaitable with the outcome of another, whose cancellation stops here: who awaits it gets CancelledError, the
   * other runs on.
   */
  readonly shield = <A extends Awaitable<any>>(awaitable: A): Future<Awaited_<A>> => {
    const core = this.#core;
    if (awaitable instanceof Future && awaitable.done()) return awaitable;
    return this.#within((loop) => {
      const shield = core.made(core.c.shield!(pointerOf(core, awaitable, 'awaitable')));
      return new Future<Awaited_<A>>(core, loop, core.c.ref!(shield)).watch();
    });
  };

  /** Suspends for `delay` seconds, 0 or less for exactly one iteration; gives `result`. ValueError for NaN. */
  readonly sleep = <T = undefined>(delay: number, result?: T): Coroutine<T> => {
    const core = this.#core;
    expectNumber('delay', delay);
    const make = () => core.made(core.cross(result, (kind, number, size) => core.c.sleep!(delay, kind, number, size)));
    const start = (coroutine: Coroutine<T>) => this.create_task(coroutine) as Task<any>;
    return delay <= 0 ? new Pause<T>(core, make, start, result as T) : new Coroutine<T>(core, make, start);
  };

  /** The task that is executing; null in a callback or outside a loop. */
  readonly current_task = (): Task<any> | null => currentTask(this.#core) ?? null;

  /** The pending tasks of the loop, oldest first. */
  readonly all_tasks = (loop: EventLoop = this.#here()): Set<Task<any>> => {
    const { c } = this.#core;
    if (!loop.pointer) return new Set();
    const count = c.all_tasks!(loop.pointer, 0, 0);
    const pointers = this.#core.withPointers(Array<number>(count).fill(0), (array) => {
      c.all_tasks!(loop.pointer, array, count);
      return this.#core.pointersAt(array, count);
    });
    return new Set(pointers.map((pointer) => this.#wrapTask(pointer)));
  };

  /**
   * Whether `value` is a coroutine object: a generator object, or one of sleep() and its like, that was not used yet.
   */
  readonly iscoroutine = (value: unknown): boolean => isUnusedCoroutine(value);

  /** Whether calling `value` makes a coroutine, or it is one as it is: a `function*` or an `async function`. */
  readonly iscoroutinefunction = (value: unknown): boolean => isGeneratorFunction(value) || isAsyncFunction(value);

  /** Whether `value` is a future or a task. */
  readonly isfuture = (value: unknown): boolean => value instanceof Future;

  /** The loop that runs this code; for code that no loop has called, the one that the host drives. */
  readonly get_running_loop = (): EventLoop => this.#here();

  /** The running loop, else the one set, else the one that the host drives. RuntimeError when null was set. */
  readonly get_event_loop = (): EventLoop => {
    if (!this.#core.running && this.#current === null) throw new RuntimeError('There is no current event loop');
    return this.#core.running ?? this.#current ?? this.#here();
  };

  /** Sets what get_event_loop() gives outside loops; null takes it away. TypeError for what is no loop. */
  readonly set_event_loop = (loop: EventLoop | null): void => {
    if (loop !== null && !(loop instanceof EventLoop))
      throw new TypeError(`Expected [loop] to be an event loop or null, got ${show(loop)}`);
    this.#current = loop;
  };

  /** A new loop, to be run by its own run_until_complete() or run_forever(). */
  readonly new_event_loop = (): EventLoop => new EventLoop(this.#core);

  /**
   * Ends the runtime: its pending tasks get CancelledError, as when their loop is closed, and then the loops are. What is
   * used of it afterwards is a RuntimeError, pending futures included. RuntimeError in a callback or coroutine of its own;
   * twice is fine.
   */
  readonly close = (): void => this.#core.close();
}

/** Makes a runtime: an instance of the core of its own, with loops of its own. */
export function create_runtime(options?: RuntimeOptions): Runtime {
  return new Runtime(embedded(options?.clock));
}
