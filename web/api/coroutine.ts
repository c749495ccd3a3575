// SPDX-License-Identifier: MIT
// Coroutines of JavaScript, and how anything that can be awaited becomes C's. C steps them (src/web/js_coroutine.c) and
// does all the waiting; here a generator is gone on with until it wants something that is not there yet.
import type { Scope } from './abort.js';
import {
  AwaitIterator,
  YieldIterator,
  isGenerator,
  isGeneratorFunction,
  isThenable,
  uncalled,
  type AsyncFunction,
  type GeneratorCoroutine,
} from './awaitable.js';
import { FAILED, RETURNED, YIELDED, type Core, type Stepper } from './core.js';
import { CANCELLED, CancelledError, RuntimeError, TypeError, inspect, show } from './errors.js';
import { Future } from './future.js';
import type { Task } from './task.js';

class Itself {
  constructor(generator: object) {
    return generator;
  }
}

// A generator that was awaited, marked by a private field that only this class can see: a WeakSet takes ten times as
// long.
class Used extends Itself {
  #mark = true;

  static has(generator: object): boolean {
    return #mark in generator;
  }
}

const reused = () => new RuntimeError('cannot reuse already awaited coroutine');

/** A coroutine object, as sleep() and wait_for() return: nothing runs until it is awaited or made a task. */
export class Coroutine<T> implements PromiseLike<T> {
  /** @internal */ readonly core: Core;
  /** @internal */ readonly plain: boolean;
  #make: ((argument: any) => number) | undefined;
  #argument: unknown;
  #start: (coroutine: Coroutine<T>) => Future<T>;

  /**
   * @internal `make` makes C's coroutine, from `argument`; `start` makes a task of this one; `plain`: neither needs a
   * running loop.
   */
  constructor(
    core: Core,
    make: (argument: any) => number,
    start: (coroutine: Coroutine<T>) => Future<T>,
    plain = false,
    argument?: unknown,
  ) {
    this.core = core;
    this.plain = plain;
    this.#make = make;
    this.#argument = argument;
    this.#start = start;
    if (core.unused && core.running?.get_debug()) core.unused.set(this, [core.running, new Error().stack]);
  }

  /** @internal */ get unused(): boolean {
    return this.#make !== undefined;
  }

  /** @internal C's coroutine, once. */
  take(): number {
    const make = this.#make;
    this.claim();
    return make!(this.#argument);
  }

  /** @internal The same call as another object, which uses this one up. */
  moved(): Coroutine<T> {
    const make = this.#make;
    this.claim();
    return new Coroutine(this.core, make!, this.#start, this.plain, this.#argument);
  }

  /** @internal */ start(): Future<T> {
    return this.#start(this);
  }

  /** @internal */ claim(): void {
    if (!this.#make) throw reused();
    this.#make = undefined;
    this.core.unused?.delete(this);
  }

  /** What `await` calls: makes a task of it. */
  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<T>((resolve) => resolve(this.start())).then(fulfilled, rejected);
  }

  /** What it is, and whether it was used. */
  toString(): string {
    return `<Coroutine ${this.unused ? 'un' : ''}used>`;
  }

  /** @internal */ [inspect](): string {
    return `${this}`;
  }

  /** What `yield*` calls in a generator: runs it within that. */
  [Symbol.iterator](): Iterator<unknown, T, any> {
    return new AwaitIterator(this);
  }
}

/** @internal A sleep of no time: it need not go to C at all. */
export class Pause<T> extends Coroutine<T> {
  #value: T;

  /** @internal */
  constructor(core: Core, make: () => number, start: (coroutine: Coroutine<T>) => Future<T>, value: T) {
    super(core, make, start);
    this.#value = value;
  }

  override [Symbol.iterator](): Iterator<unknown, T, any> {
    this.claim();
    return new YieldIterator(this.#value);
  }
}

// Both kinds end a step so.
function returned(core: Core, frame: number, value: unknown): number {
  core.cross(value, (kind, number, size) => core.c.return!(frame, kind, number, size));
  return RETURNED;
}

function failed(core: Core, error: unknown): number {
  core.raise(error);
  return FAILED;
}

class GeneratorStepper implements Stepper {
  #core: Core;
  #generator: GeneratorCoroutine<unknown>;

  constructor(core: Core, generator: GeneratorCoroutine<unknown>) {
    this.#core = core;
    this.#generator = generator;
  }

  step(sent: number, value: number, frame: number): number {
    const core = this.#core;
    let thrown = sent !== 0;
    let input = thrown ? core.takeError(sent) : core.read(value);
    if (sent === CANCELLED) enter(core).deliver(input);
    for (;;) {
      let wanted: IteratorResult<unknown, unknown>;
      try {
        wanted = thrown ? this.#generator.throw(input) : this.#generator.next(input);
        if (wanted.done) return returned(core, frame, wanted.value);
      } catch (error) {
        return failed(core, error);
      }
      if (wanted.value === undefined) return YIELDED;
      try {
        thrown = false;
        if (wanted.value instanceof Future && wanted.value.done()) {
          input = wanted.value.result();
          continue;
        }
        return core.c.ref!(pointerOf(core, wanted.value, 'the value yielded'));
      } catch (error) {
        thrown = true; // into the generator, where it asked
        input = error;
      }
    }
  }
}

// The CancelledError that C's message (a pointer, 0 for none) asks for.
const cancellation = (core: Core, message: number) => new CancelledError(message ? core.text(message) : '');

class FunctionStepper implements Stepper {
  #core: Core;
  #call: AsyncFunction<unknown> | undefined;

  constructor(core: Core, call: AsyncFunction<unknown>) {
    this.#core = core;
    this.#call = call;
  }

  step(sent: number, value: number, frame: number): number {
    const core = this.#core;
    const call = this.#call;
    this.#call = undefined;
    if (!call) return sent ? failed(core, core.takeError(sent)) : returned(core, frame, core.read(value));
    try {
      const task = enter(core);
      const scope = task.enter();
      const result = call(task);
      if (!isThenable(result)) {
        if (isGenerator(result)) return core.c.ref!(pointerOf(core, result, ''));
        return returned(core, frame, result);
      }
      const cancel = (message: number) => task.deliver(cancellation(core, message));
      return core.c.ref!(adopt(core, endOfCall(result, scope), cancel));
    } catch (error) {
      return failed(core, error);
    }
  }
}

// What listens to an AbortSignal may reject with an AbortError of its own: it means the same.
async function endOfCall(promise: PromiseLike<unknown>, scope: Scope): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    throw scope.aborted && error instanceof Error && error.name === 'AbortError' ? scope.signal.reason : error;
  }
}

// The executing task, whose coroutine goes on.
const enter = (core: Core): Task<any> => core.wrapTask(core.c.current_task!());

/** @internal The task that is executing, if any. */
export function currentTask(core: Core): Task<any> | undefined {
  const pointer = core.c.current_task!();
  return pointer ? core.wrapTask(pointer) : undefined;
}

// C's future of a promise. [tell] passes a cancellation on, and says whether the promise will then settle because of
// it.
function adopt(core: Core, promise: unknown, tell: (message: number) => boolean): number {
  const pending = new core.bridge.Pending(promise, (message) => !tell(message), core.crossing);
  return core.made(core.c.promise!(core.bridge.handle(pending)));
}

// One of another loop or runtime: its cancellation goes there.
function adoptForeign(core: Core, future: Future<unknown>): number {
  return adopt(core, future, (message) => future.cancel(message ? core.text(message) : undefined));
}

// What a cancelled future was cancelled with.
function wordsOf(cancelled: Future<unknown>): string | undefined {
  try {
    cancelled.result();
  } catch (error) {
    return (error as Error).message || undefined;
  }
  return undefined;
}

// C has dropped the future already: another with the same outcome.
function revive(core: Core, future: Future<unknown>): number {
  const { c } = core;
  const pointer = core.made(c.loop_create_future!(core.runningPointer));
  if (future.cancelled()) {
    core.withText(wordsOf(future), (size) => c.cancel!(pointer, size));
  } else if (future.exception() !== null) {
    core.crossError(future.exception(), (status, size, handle) => c.set_exception!(pointer, status, size, handle));
    c.look!(pointer);
  } else {
    core.cross(future.result(), (kind, number, size) => c.set_result!(pointer, kind, number, size));
  }
  return c.float!(pointer);
}

function pointerOfFuture(core: Core, future: Future<unknown>): number {
  if (future.core !== core || future.loop.pointer !== core.runningPointer) return adoptForeign(core, future);
  const done = future.done();
  return done && !future.pointer ? revive(core, future) : future.pointer;
}

// A coroutine of another runtime: a task there, made when this one starts.
function* awaitForeign(coroutine: Coroutine<unknown>): Generator<unknown, unknown, any> {
  return yield coroutine.start();
}

function newCoroutine(core: Core, stepper: Stepper): number {
  return core.made(core.c.coroutine!(core.bridge.handle(stepper)));
}

/** @internal C's coroutine for a generator object or a function; undefined for anything else. */
export function coroutinePointer(core: Core, value: unknown, name: string): number | undefined {
  if (value instanceof Coroutine)
    return value.core === core
      ? value.take()
      : newCoroutine(core, new GeneratorStepper(core, awaitForeign(value.moved())));
  if (isGeneratorFunction(value)) throw new TypeError(`Expected [${name}] to be a coroutine, got ${uncalled(value)}`);
  if (typeof value === 'function')
    return newCoroutine(core, new FunctionStepper(core, value as AsyncFunction<unknown>));
  if (!isGenerator(value) || isThenable(value)) return undefined;
  if (Used.has(value)) throw reused();
  new Used(value);
  return newCoroutine(core, new GeneratorStepper(core, value));
}

/** @internal C's awaitable for `value`, in the running loop; a temporary one unless it is a pending future's own. */
export function pointerOf(core: Core, value: unknown, name: string): number {
  if (value instanceof Future) return pointerOfFuture(core, value);
  const coroutine = coroutinePointer(core, value, name);
  if (coroutine) return coroutine;
  if (isThenable(value)) return adopt(core, value, () => false);
  throw new TypeError(`Expected [${name}] to be an awaitable, got ${show(value)}`);
}

/** @internal The same for several. */
export function pointersOf(core: Core, awaitables: readonly unknown[]): number[] {
  const pointers: number[] = [];
  try {
    for (const awaitable of awaitables) pointers.push(pointerOf(core, awaitable, `awaitables[${pointers.length}]`));
    return pointers;
  } catch (error) {
    pointers.forEach((pointer) => core.c.drop!(pointer));
    throw error;
  }
}

/** @internal Whether `value` is a coroutine object that was not used yet. */
export function isUnusedCoroutine(value: unknown): boolean {
  if (value instanceof Coroutine) return value.unused;
  return isGenerator(value) && !Used.has(value);
}

/** @internal What was given in a coroutine's place. */
export function whatItIs(value: unknown): string {
  if (value instanceof Future) return 'a future: it is scheduled already';
  if (value instanceof Promise) return 'a Promise: give the async function itself, not what calling it returns';
  return show(value);
}
