// SPDX-License-Identifier: MIT
// as_completed: C tells which awaitable is done next. Invariant: the futures are held here for as long as C may tell
// their pointers.
import type { Stepped } from './async_generators.js';
import type { Awaitable, Awaited_, FutureOf } from './awaitable.js';
import type { BaseRuntime } from './base.js';
import { coroutinePointer, pointersOf, type Coroutine } from './coroutine.js';
import { StopAsyncIteration, ValueError, expectNumber, expectOptions } from './errors.js';
import { ensureFutureIn } from './functions.js';
import type { Future } from './future.js';
import { CObject, KINDS } from './objects.js';

/** What as_completed() can be told. */
export interface AsCompletedOptions {
  /** Seconds after which those that are not done are TimeoutErrors; null for no limit. */
  timeout?: number | null;
}

/** The results of awaitables as they come. Either iteration may go on where the other has stopped. */
export class AsCompleted<T, F = Future<T>>
  extends CObject
  implements IterableIterator<Coroutine<T>>, AsyncIterable<F>
{
  #futures = new Map<number, F>(); // by C's pointer
  #left: number;

  /** @internal */
  constructor(runtime: BaseRuntime, futures: F[], timeout: number) {
    super(runtime, KINDS.as_completed);
    const { core } = this;
    runtime.within(futures[0], () => {
      const pointers = pointersOf(core, futures);
      core.withPointers(pointers, (array) =>
        core.check(core.c.as_completed_begin!(this.pointer, array, pointers.length, timeout)),
      );
      pointers.forEach((pointer, index) => this.#futures.set(pointer, futures[index]!));
    });
    this.#left = futures.length;
  }

  /** A coroutine for the outcome of the next that is done, which counts as given. */
  next(): IteratorResult<Coroutine<T>, undefined> {
    if (this.#left === 0) return { done: true, value: undefined };
    this.#left--;
    return { done: false, value: this.coroutine<T>(() => this.core.c.as_completed_next_coroutine!(this.pointer)) };
  }

  /** @internal */ state(): string {
    return `left=${this.#left}`;
  }

  [Symbol.iterator](): this {
    return this;
  }

  /**
   * The futures and tasks themselves, each when it is done. TimeoutError when time has run out. In a generator function
   * `yield* anext(iterator)` gives the next.
   */
  [Symbol.asyncIterator](): AsyncIterator<F, undefined> {
    const steps: Stepped<F> = { asyncio_anext: () => this.#stepped() };
    return { next: () => this.#promised(), ...steps };
  }

  // An async generator would await the future that it gives.
  async #promised(): Promise<IteratorResult<F, undefined>> {
    if (this.#left === 0) return { done: true, value: undefined };
    return { done: false, value: this.#futures.get(await this.#nextFuture())! };
  }

  #stepped(): Coroutine<F> {
    const futures = this.#futures;
    const next = this.#left === 0 ? undefined : this.#nextFuture();
    function* step(): Generator<unknown, F, any> {
      if (!next) throw new StopAsyncIteration('');
      return futures.get(yield* next)!;
    }
    return this.runtime.coroutine(() => coroutinePointer(this.core, step(), 'iterator')!);
  }

  #nextFuture(): Coroutine<number> {
    this.#left--;
    return this.coroutine(() => this.core.c.as_completed_next_future_coroutine!(this.pointer));
  }
}

/** @internal */
export const asCompletedIn =
  (runtime: BaseRuntime) =>
  <A extends Awaitable<any>>(
    awaitables: Iterable<A>,
    options: AsCompletedOptions = {},
  ): AsCompleted<Awaited_<A>, FutureOf<A>> => {
    const { timeout = null } = expectOptions(options);
    if (timeout !== null) expectNumber('timeout', timeout);
    if (Number.isNaN(timeout)) throw new ValueError('Expected [timeout] to be a number, got NaN');
    const futures = [...new Set(awaitables)].map(ensureFutureIn(runtime));
    return new AsCompleted<any, any>(runtime, futures, timeout ?? Infinity);
  };
