// SPDX-License-Identifier: MIT
// Futures: JavaScript's half of C's. A pending one asks C; a finished one has copied its outcome and dropped its
// reference, but for a failure that nobody has looked at: C reports that one when it goes. One that is watched keeps
// it until C has told its end. Invariant: `pointer` is 0 once C's half is no longer ours.
import { AwaitIterator } from './awaitable.js';
import { contextPointer, type ContextOption } from './context_half.js';
import type { Core } from './core.js';
import { InvalidStateError, RuntimeError, TypeError, expectFunction, expectOptions, inspect, show } from './errors.js';
import type { EventLoop } from './loop.js';

const PENDING = 0;
const FINISHED = 1;
const FAILED = 2;
const CANCELLED = 3;
const STATES = ['pending', 'finished', 'finished', 'cancelled'];

// C's flags of an outcome.
const WAS_CANCELLED = 1;
const UNSEEN = 2;

/** A done callback: called with the future in an iteration after it became done. */
export type DoneCallback<T> = (future: Future<T>) => unknown;

/**
 * An outcome that will exist later. Await it with `yield*` in a generator, with `await` elsewhere. Made by
 * `loop.create_future()`.
 */
export class Future<T> implements PromiseLike<T> {
  /** @internal */ readonly core: Core;
  /** @internal */ pointer: number;
  /** @internal */ readonly loop: EventLoop;
  #state = PENDING;
  #outcome: unknown; // the value, or the error
  #callbacks: Map<number, (future: any) => unknown> | undefined; // by C's handle of each
  #half = 0; // C's handle of this, from watch() to settled()
  #promise: Promise<T> | undefined;
  #resolve: ((value: T) => void) | undefined; // from the promise's making until it is settled
  #reject: ((error: unknown) => void) | undefined;
  #collectable = false; // in the registry

  /** @internal Takes over a reference to C's future at `pointer`. */
  constructor(core: Core, loop: EventLoop, pointer: number) {
    this.core = core;
    this.loop = loop;
    this.pointer = pointer;
  }

  /** @internal C keeps this one alive while it is pending, and tells when it is done. */
  watch(): this {
    if (this.#sync()) return this;
    const status = this.core.c.watch!(this.pointer, this.half());
    if (status) this.#unwatch();
    this.core.check(status);
    return this;
  }

  /** @internal A handle by which C can tell when it is done. */
  half(): number {
    return (this.#half = this.core.bridge.handle(this));
  }

  /** @internal C's half, which has the handle; none throws what C has failed with. */
  begun(pointer: number): this {
    this.pointer = pointer;
    if (!pointer) this.#unwatch();
    this.core.made(pointer);
    return this;
  }

  /** @internal The watched one is done, with this outcome; whether C's half is no longer needed. */
  settled(status: number, flags: number, value: number, error: number, number: number, cancels: number): boolean {
    if (this.#state === PENDING) this.#copy(status, flags, value, error, number, cancels);
    const unseen = this.#state === FAILED && (flags & UNSEEN) !== 0 && !this.#resolve;
    this.#settlePromise();
    this.#unwatch();
    if (unseen) this.#keepUnseen();
    else this.#forget();
    return !unseen;
  }

  /** @internal Whether a value is a future that is watched, even if looking at it throws. */
  static isWatched(value: unknown): value is Future<any> {
    return typeof value === 'object' && value !== null && #half in value;
  }

  /** @internal The watched one's loop is closed: settled() will not be called. */
  closed(): void {
    this.#unwatch();
    if (this.#state !== PENDING) this.#letGo();
    else if (!this.#sync()) this.abandon(new RuntimeError('Event loop is closed'));
    this.#settlePromise();
  }

  /** @internal C will tell no outcome any more: while it is pending, this failure is it. */
  abandon(reason: Error): void {
    this.#unwatch();
    if (this.#state === PENDING) {
      this.#outcome = reason;
      this.#state = FAILED;
    }
    this.#drop();
    this.#settlePromise();
  }

  #unwatch(): void {
    this.core.bridge.values.delete(this.#half);
    this.#half = 0;
  }

  #copy(status: number, flags: number, value: number, error: number, number: number, cancels: number): void {
    this.#outcome = status ? this.core.error(status, error) : this.core.read(value);
    this.#state = !status ? FINISHED : flags & WAS_CANCELLED ? CANCELLED : FAILED;
    this.finished(number, cancels, this.#outcome);
  }

  // Copies the outcome, once there is one.
  #sync(): boolean {
    if (this.#state !== PENDING) return true;
    const { pointer } = this;
    const { c } = this.core;
    if (!c.future_done!(pointer)) return false;
    const [number, cancels] = [c.task_number!(pointer), c.task_cancelling!(pointer)];
    const flags = c.future_cancelled!(pointer) ? WAS_CANCELLED : 0;
    this.#copy(c.status!(pointer), flags, c.result!(pointer), c.error_of!(pointer), number, cancels);
    if (!this.#half) this.#letGo();
    return true;
  }

  /** @internal What a task notes before C's half goes. */
  finished(_number: number, _cancels: number, _outcome: unknown): void {}

  #letGo(): void {
    if (this.#state === FAILED && this.core.c.unseen!(this.pointer)) this.#keepUnseen();
    else this.#drop();
  }

  // C's half goes, but for a watched one: settled() is still to come.
  #drop(): void {
    const { pointer } = this;
    if (!pointer || this.#half) return;
    this.#forget();
    this.core.release(pointer);
  }

  #forget(): void {
    if (this.#collectable) this.core.registry.unregister(this);
    this.pointer = 0;
  }

  #keepUnseen(): void {
    this.core.unseen.add(this.pointer);
    this.collectable();
  }

  /** @internal This half may go before C's is done: whoever drops it drops C's. */
  collectable(): this {
    if (!this.#collectable) this.core.registry.register(this, this.pointer, this);
    this.#collectable = true;
    return this;
  }

  #see(): void {
    if (!this.pointer || this.#state !== FAILED) return;
    if (!this.core.ended) this.core.c.look!(this.pointer);
    this.#drop();
  }

  /** Whether it has a result or an exception, or is cancelled. */
  done(): boolean {
    return this.#sync();
  }

  /** Whether it was cancelled; still false right after `cancel()` of a task. */
  cancelled(): boolean {
    return this.#sync() && this.#state === CANCELLED;
  }

  /** The result; throws the exception, CancelledError when cancelled, InvalidStateError while pending. */
  result(): T {
    if (!this.#sync()) throw new InvalidStateError('Result is not set');
    this.#see();
    if (this.#state === FINISHED) return this.#outcome as T;
    throw this.#outcome;
  }

  /** The exception, null for a result; throws CancelledError when cancelled, InvalidStateError while pending. */
  exception(): unknown {
    if (!this.#sync()) throw new InvalidStateError('Exception is not set');
    this.#see();
    if (this.#state === CANCELLED) throw this.#outcome;
    return this.#state === FAILED ? this.#outcome : null;
  }

  /**
   * Asks for cancellation, with `message` in the CancelledError; false when done already, and then nobody is told how
   * it failed.
   */
  cancel(message?: string): boolean {
    if (message !== undefined && typeof message !== 'string')
      throw new TypeError(`Expected [message] to be a string, got ${show(message)}`);
    const done = this.#sync();
    if (done && !this.pointer) return false;
    const accepted = this.core.withText(message, (size) => this.core.c.cancel!(this.pointer, size) !== 0);
    if (done) this.#letGo(); // a failure need not be kept any longer: nobody will ask for it
    return accepted;
  }

  /** @internal Throws unless the outcome may be set. */ settable(): void {
    if (this.#sync())
      throw new InvalidStateError(`The future is ${STATES[this.#state]} already`);
  }

  /** Makes it done with `value`; InvalidStateError when it is done, RuntimeError for a task. */
  set_result(value: T): void {
    const { core } = this;
    this.settable();
    core.check(core.cross(value, (kind, number, size) => core.c.set_result!(this.pointer, kind, number, size)));
  }

  /** Makes it done with an Error; InvalidStateError when done, RuntimeError for a task, TypeError for no Error. */
  set_exception(exception: Error): void {
    if (!(exception instanceof Error))
      throw new TypeError(`Expected [exception] to be an Error, got ${show(exception)}`);
    const { core } = this;
    this.settable();
    core.check(
      core.crossError(exception, (status, size, handle) => core.c.set_exception!(this.pointer, status, size, handle)),
    );
  }

  /**
   * Calls `callback` with the future in an iteration after it is done, in the order of adding; in `options.context`.
   */
  add_done_callback(callback: (future: this) => unknown, options: ContextOption = {}): void {
    expectFunction('callback', callback);
    const context = contextPointer(this.core, expectOptions(options).context);
    if (this.#sync() && !this.pointer) {
      if (context) this.loop.call_soon(callback, this, options);
      else this.loop.call_soon(callback, this);
      return;
    }
    const handle = this.core.bridge.handle(() => {
      this.#callbacks?.delete(handle);
      callback(this);
    });
    (this.#callbacks ??= new Map()).set(handle, callback);
    this.core.check(this.core.c.add_done!(this.pointer, handle, context));
  }

  /** Removes every callback that was added as `callback`; how many. */
  remove_done_callback(callback: (future: this) => unknown): number {
    if (this.#sync()) return 0;
    const handles = [...(this.#callbacks ?? [])].filter(([, added]) => added === callback).map(([handle]) => handle);
    for (const handle of handles) {
      this.core.c.remove_done!(this.pointer, handle);
      this.core.bridge.values.delete(handle);
      this.#callbacks!.delete(handle);
    }
    return handles.length;
  }

  /** Its event loop. */
  get_loop(): EventLoop {
    return this.loop;
  }

  // The promise exists from the first use on: a failure that nobody asks a promise of is no unhandled rejection.
  #toPromise(): Promise<T> {
    if (this.#promise) return this.#promise;
    if (this.#sync()) return this.#toSettledPromise();
    return (this.#promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (!this.#half) this.watch();
    }));
  }

  // Not kept: it costs less than one that is made pending.
  #toSettledPromise(): Promise<T> {
    this.#see();
    return this.#state === FINISHED ? Promise.resolve(this.#outcome as T) : Promise.reject(this.#outcome);
  }

  #settlePromise(): void {
    const resolve = this.#resolve;
    const reject = this.#reject;
    if (!resolve) return;
    this.#resolve = this.#reject = undefined;
    this.#see();
    if (this.#state === FINISHED) resolve(this.#outcome as T);
    else reject!(this.#outcome);
  }

  /** What `await` calls: as for a promise. */
  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#toPromise().then(fulfilled, rejected);
  }

  /** As for a promise. */
  catch<B = never>(rejected?: ((reason: any) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, rejected);
  }

  /** As for a promise. */
  finally(callback?: (() => void) | null): Promise<T> {
    return this.#toPromise().finally(callback);
  }

  /** As asyncio shows it: `<Task finished name='Task-1' result=7>`. */
  toString(): string {
    return this.shown('Future', '');
  }

  /** @internal */ [inspect](): string {
    return `${this}`;
  }

  /** @internal What it is, its state, and its outcome, at which nobody has looked by this. */
  shown(what: string, more: string): string {
    if (!this.core.ended) this.#sync();
    const failed = this.#state === FAILED ? ` exception=${this.core.bridge.describe(this.#outcome)}` : '';
    const result = this.#state === FINISHED ? ` result=${show(this.#outcome)}` : failed;
    return `<${what} ${STATES[this.#state]}${more}${result}>`;
  }

  /** What `yield*` calls in a generator: suspends it until the future is done. */
  [Symbol.iterator](): Iterator<unknown, T, any> {
    return new AwaitIterator(this);
  }
}
