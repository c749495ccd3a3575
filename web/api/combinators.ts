// SPDX-License-Identifier: MIT
// gather, wait, wait_for and shield, which run in C, for a runtime each.
import { isThenable, type Awaitable, type Awaited_, type FutureOf } from './awaitable.js';
import type { BaseRuntime } from './base.js';
import type { Core } from './core.js';
import { Coroutine, pointerOf, pointersOf } from './coroutine.js';
import { combinators } from './embedded.js';
import { TypeError, ValueError, expectNumber, expectOptions, show } from './errors.js';
import { ensureFutureIn, iscoroutine } from './functions.js';
import { Future } from './future.js';
import type { Part } from './instance.js';

/** The module of the core that all of these are in. */
export const PART: Part = { of: combinators, table: 'combinator_functions' };

// The functions of a runtime, with these among them.
function coreOf(runtime: BaseRuntime): Core {
  runtime.core.extend(PART);
  return runtime.core;
}

/** When wait() is over: all are done, the first is, or the first has failed (a cancelled one does not count). */
export type ReturnWhen = 'ALL_COMPLETED' | 'FIRST_COMPLETED' | 'FIRST_EXCEPTION';

const RETURN_WHEN: readonly string[] = ['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION'];

/** The results of a gather, in the order of its awaitables. */
export type Gathered<A extends readonly unknown[]> = { -readonly [I in keyof A]: Awaited_<A[I]> };

/** The same with `return_exceptions`: whatever was thrown is in a result's place, as a rule an Error. */
export type Settled<A extends readonly unknown[]> = { -readonly [I in keyof A]: Awaited_<A[I]> | Error };

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

const isOptions = (value: unknown): value is GatherOptions =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  Object.keys(value).join() === 'return_exceptions';

/** Awaits all at once: the list of results in order. */
export interface Gather {
  <const A extends readonly Awaitable<any>[]>(...awaitables: A): Future<Gathered<A>>;
  <const A extends readonly Awaitable<any>[]>(
    ...awaitables: [...A, options: { return_exceptions: true }]
  ): Future<Settled<A>>;
  <const A extends readonly Awaitable<any>[]>(
    ...awaitables: [...A, options: { return_exceptions?: false }]
  ): Future<Gathered<A>>;
  <const A extends readonly Awaitable<any>[]>(...awaitables: [...A, options: GatherOptions]): Future<Settled<A>>;
}

/** @internal */
export const gatherIn =
  (runtime: BaseRuntime): Gather =>
  (...args: unknown[]): Future<any> => {
    if (Array.isArray(args[0]))
      throw new TypeError('Expected [awaitables[0]] to be an awaitable, got an array: call gather(...list)');
    const last = args.at(-1);
    const options: GatherOptions = args.length > 0 && isOptions(last) ? last : {};
    const awaitables = options === last ? args.slice(0, -1) : args;
    const core = coreOf(runtime);
    return runtime.within(awaitables[0], (loop) => {
      const pointers = pointersOf(core, [...new Set(awaitables)]);
      const places = new Map([...new Set(awaitables)].map((awaitable, index) => [awaitable, pointers[index]!]));
      const all = awaitables.map((awaitable) => places.get(awaitable)!);
      const gather = core.withPointers(all, (array) =>
        core.made(core.c.gather_array!(array, all.length, Number(Boolean(options.return_exceptions)))),
      );
      return new Future<any>(core, loop, core.c.ref!(gather)).watch();
    });
  };

function* waiting(
  runtime: BaseRuntime,
  given: unknown[],
  timeout: number | null,
  return_when: ReturnWhen,
): Generator<unknown, any, any> {
  const core = coreOf(runtime);
  const when = RETURN_WHEN.indexOf(return_when);
  if (when < 0) throw new ValueError(`Invalid return_when value: ${show(return_when)}`);
  if (timeout !== null) expectNumber('timeout', timeout);
  given.forEach((one, index) => {
    if (one instanceof Future || (isThenable(one) && !(one instanceof Coroutine))) return;
    const coroutine = iscoroutine(one);
    const what = coroutine ? `a coroutine at ${index}: make it a task first` : `${show(one)} at ${index}`;
    throw new TypeError(`Expected [futures] to be futures or tasks, got ${what}`);
  });
  const ensure = ensureFutureIn(runtime);
  const futures = [...new Set(given)].map((one) => ensure(one as Future<any>));
  yield runtime.coroutine(() => {
    const pointers = pointersOf(core, futures);
    const wait = core.withPointers(pointers, (array) =>
      core.c.wait_coroutine!(array, pointers.length, timeout ?? Infinity, when),
    );
    pointers.forEach((pointer) => core.c.drop!(pointer)); // the wait has references of its own
    return core.made(wait);
  });
  return [new Set(futures.filter((future) => future.done())), new Set(futures.filter((future) => !future.done()))];
}

/** @internal */
export const waitIn =
  (runtime: BaseRuntime) =>
  <F extends PromiseLike<any>>(
    futures: Iterable<F>,
    options: WaitOptions = {},
  ): Coroutine<[done: Set<FutureOf<F>>, pending: Set<FutureOf<F>>]> => {
    // Those are iterable too, for yield*.
    const single = (futures as unknown) instanceof Future || (futures as unknown) instanceof Coroutine;
    if (single || typeof futures?.[Symbol.iterator] !== 'function') {
      const what = single ? 'a single one' : show(futures);
      throw new TypeError(`Expected [futures] to be an iterable of futures, got ${what}`);
    }
    const { timeout = null, return_when = 'ALL_COMPLETED' } = expectOptions(options);
    const wait = waiting(runtime, [...futures], timeout, return_when);
    return runtime.coroutine(() => pointerOf(runtime.core, wait, 'wait'));
  };

/** @internal */
export const waitForIn =
  (runtime: BaseRuntime) =>
  <A extends Awaitable<any>>(awaitable: A, timeout: number | null): Coroutine<Awaited_<A>> => {
    const core = coreOf(runtime);
    return runtime.coroutine(() => {
      if (timeout !== null && timeout !== undefined) expectNumber('timeout', timeout);
      return core.made(core.c.wait_for_coroutine!(pointerOf(core, awaitable, 'awaitable'), timeout ?? Infinity));
    });
  };

/** @internal */
export const shieldIn =
  (runtime: BaseRuntime) =>
  <A extends Awaitable<any>>(awaitable: A): Future<Awaited_<A>> => {
    const core = coreOf(runtime);
    if (awaitable instanceof Future && awaitable.done()) return awaitable;
    return runtime.within(awaitable, (loop) => {
      const shield = core.c.ref!(core.made(core.c.shield!(pointerOf(core, awaitable, 'awaitable'))));
      if (!core.c.istask!(shield)) return new Future<Awaited_<A>>(core, loop, shield).watch();
      const task = core.wrapTask(shield); // it has run to its end already
      core.release(shield);
      return task;
    });
  };
