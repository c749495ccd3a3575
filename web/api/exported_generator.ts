// SPDX-License-Identifier: MIT
// The asynchronous generators of a C program: C's functions for them as coroutine objects, and what JavaScript calls of
// an iterator. C's half is made by the first step; when nobody has the object any more, C closes the generator.
import type { Core } from './core.js';
import type { Coroutine } from './coroutine.js';
import { StopAsyncIteration, TypeError, show } from './errors.js';
import type { Runtime } from './runtime.js';

const registries = /* @__PURE__ */ new WeakMap<Core, FinalizationRegistry<number>>();

function registryOf(core: Core): FinalizationRegistry<number> {
  let registry = registries.get(core);
  if (registry) return registry;
  registry = new FinalizationRegistry((pointer) => {
    if (!core.ended) core.c.generator_unref!(pointer);
  });
  registries.set(core, registry);
  return registry;
}

/** A generator of a C program. It runs within the task that awaits its next value, one at a time. */
export class ExportedGenerator<T> implements AsyncIterableIterator<T> {
  #runtime: Runtime;
  #record: number;
  #make: (() => number) | undefined;
  #pointer = 0;

  /** @internal `make` makes C's half of the export whose record is at `record`. */
  constructor(runtime: Runtime, record: number, make: () => number) {
    this.#runtime = runtime;
    this.#record = record;
    this.#make = make;
  }

  #start(): number {
    const make = this.#make;
    if (!make) return this.#pointer;
    this.#make = undefined;
    this.#pointer = make();
    registryOf(this.#runtime.core).register(this, this.#pointer);
    return this.#pointer;
  }

  #coroutine<R>(step: (core: Core, generator: number) => number): Coroutine<R> {
    const { core } = this.#runtime;
    return this.#runtime.coroutine<R>(() => core.made(step(core, this.#start())));
  }

  /** Its next value. StopAsyncIteration when it has ended, RuntimeError while another task is in it. */
  anext(): Coroutine<T> {
    return this.asend(undefined);
  }

  /** The same, giving `value` to the yield. TypeError when it has not begun and `value` is not undefined. */
  asend(value: unknown): Coroutine<T> {
    return this.#coroutine((core, generator) =>
      core.cross(value, (kind, number, size) => core.c.generator_send!(generator, this.#record, kind, number, size)),
    );
  }

  /** The same with an error that the yield fails with. TypeError for no Error. */
  athrow(error: Error): Coroutine<T> {
    if (!(error instanceof Error)) throw new TypeError(`Expected [error] to be an Error, got ${show(error)}`);
    return this.#coroutine((core, generator) =>
      core.crossError(error, (status, size, handle) =>
        core.c.generator_throw!(generator, this.#record, status, size, handle),
      ),
    );
  }

  /** Ends it: its yield says that it is being closed, and what it then waits for is waited for. */
  aclose(): Coroutine<void> {
    return this.#coroutine((core, generator) => core.c.aclose!(generator));
  }

  /** As of JavaScript's generators, except that only one may wait at a time. */
  async next(...sent: [value?: unknown]): Promise<IteratorResult<T, undefined>> {
    return result(this.asend(sent[0]));
  }

  /** Closes it; gives `value` as the end. */
  async return(value?: any): Promise<IteratorResult<T, any>> {
    await this.aclose();
    return { done: true, value };
  }

  /** Throws `error` in. */
  async throw(error?: any): Promise<IteratorResult<T, undefined>> {
    return result(this.athrow(error));
  }

  /** @internal What anext() of the runtime calls. */
  asyncio_anext(): Coroutine<T> {
    return this.anext();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** What `await using` calls: aclose(). */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.aclose();
  }
}

async function result<T>(step: Coroutine<T>): Promise<IteratorResult<T, undefined>> {
  try {
    return { done: false, value: await step };
  } catch (error) {
    if (error instanceof StopAsyncIteration) return { done: true, value: undefined };
    throw error;
  }
}
