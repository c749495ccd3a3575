// SPDX-License-Identifier: MIT
// Asynchronous generators of JavaScript in tasks: `yield* anext(generator)` where a generator function cannot say
// `for await`. The loop knows of those that were gone on with so and have not ended, and closes them in the end.
// Iterators of asyncio's own go on in C instead, step by step as the loop's, and are told of a cancellation.
import type { BaseRuntime } from './base.js';
import { coroutinePointer, type Coroutine } from './coroutine.js';
import { StopAsyncIteration, TypeError, is_cancelled, show } from './errors.js';
import type { EventLoop } from './loop.js';

/**
 * What iterators of asyncio's own have: a coroutine object for the next value. A symbol would keep their classes in
 * pages.
 */
export interface Stepped<T> {
  asyncio_anext(): Coroutine<T>;
}

interface Begun {
  running: boolean; // its next value is still to come
}

/** Those that a loop knows of. */
export class OpenGenerators {
  #loop: EventLoop;
  #begun = new Map<AsyncIterator<unknown>, Begun>();
  #closed = false;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  static of(loop: EventLoop): OpenGenerators {
    return (loop.asyncgens ??= new OpenGenerators(loop));
  }

  /** The promise of its next value. */
  next<T>(generator: AsyncIterator<T>): PromiseLike<IteratorResult<T>> {
    let begun = this.#begun.get(generator);
    if (!begun) {
      this.#begun.set(generator, (begun = { running: false }));
      if (this.#closed)
        this.#tell('An asynchronous generator was scheduled after loop.shutdown_asyncgens() call');
    }
    begun.running = true;
    return this.#noteEnd(generator, begun);
  }

  async #noteEnd<T>(generator: AsyncIterator<T>, begun: Begun): Promise<IteratorResult<T>> {
    let ended = true;
    try {
      const result = await generator.next();
      ended = result.done === true;
      return result;
    } finally {
      begun.running = false;
      if (ended) this.#begun.delete(generator);
    }
  }

  #tell(message: string, exception?: unknown): void {
    this.#loop.call_exception_handler({ message, ...(exception !== undefined && { exception }) });
  }

  // One that ended cancelled has not failed.
  #failed(reason: unknown): void {
    if (!is_cancelled(reason))
      this.#tell('an error occurred during closing of asynchronous generator', reason ?? 'nothing was thrown');
  }

  /** Closes them all, and waits for those that do not themselves wait for something else. */
  *close(): Generator<unknown, void, any> {
    const begun = [...this.#begun];
    this.#begun.clear();
    this.#closed = true;
    const closing = begun.map(([generator, { running }]) => {
      const closed = (async () => generator.return?.())();
      return running ? void closed.catch((reason: unknown) => this.#failed(reason)) : closed;
    });
    const results: PromiseSettledResult<unknown>[] = yield Promise.allSettled(closing);
    for (const result of results) if (result.status === 'rejected') this.#failed(result.reason);
  }
}

function* stepped<T, D>(iterator: Stepped<T>, fallback: [D?]): Generator<unknown, T | D, any> {
  try {
    return yield* iterator.asyncio_anext();
  } catch (error) {
    if (fallback.length > 0 && error instanceof StopAsyncIteration) return fallback[0] as D;
    throw error;
  }
}

function* step<T, D>(loop: EventLoop, iterator: AsyncIterator<T>, fallback: [D?]): Generator<unknown, T | D, any> {
  const { done, value }: IteratorResult<T> = yield OpenGenerators.of(loop).next(iterator);
  if (!done) return value as T;
  if (fallback.length > 0) return fallback[0] as D;
  throw new StopAsyncIteration('');
}

/** @internal */
export const anextIn =
  (runtime: BaseRuntime) =>
  <T, D = never>(iterator: AsyncIterator<T>, ...fallback: [D?]): Coroutine<T | D> => {
    if (typeof (iterator as AsyncIterator<T> | null)?.next !== 'function')
      throw new TypeError(`Expected [iterator] to be an asynchronous iterator, got ${show(iterator)}`);
    const steps = () =>
      'asyncio_anext' in iterator
        ? stepped(iterator as unknown as Stepped<T>, fallback)
        : step(runtime.get_running_loop(), iterator, fallback);
    return runtime.coroutine<T | D>(() => coroutinePointer(runtime.core, steps(), 'iterator')!);
  };
