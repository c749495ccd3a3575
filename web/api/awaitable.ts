// SPDX-License-Identifier: MIT
// What can be awaited, and how `yield*` awaits it. The iterator is written by hand: one made by a generator costs twice
// as much.
import type { Coroutine } from './coroutine.js';
import type { Future } from './future.js';
import type { Task } from './task.js';

/** A coroutine as JavaScript writes it best: a generator object, made by calling a `function*`. */
export type GeneratorCoroutine<T> = Generator<any, T, any>;

/**
 * An async function as a coroutine: it is called when it starts, with its task. What another function returns is
 * awaited.
 */
export type AsyncFunction<T> = (task: Task<any>) => PromiseLike<T> | T;

/** An object with an outcome, to be awaited in a coroutine with `yield*` and elsewhere with `await`. */
export interface Waitable<T> extends PromiseLike<T> {
  [Symbol.iterator](): Iterator<unknown, T, any>;
}

/** The type of a promise's `then`. */
export type Then<T> = <A = T, B = never>(
  fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
  rejected?: ((reason: any) => B | PromiseLike<B>) | null,
) => Promise<A | B>;

/** What can be run as a task. */
export type CoroutineLike<T> = GeneratorCoroutine<T> | Waitable<T> | AsyncFunction<T>;

/** What can be awaited: a coroutine, a future, a task, a promise or any other thenable. */
export type Awaitable<T> = CoroutineLike<T> | PromiseLike<T>;

/** What awaiting an `A` gives. */
export type Awaited_<A> =
  A extends Generator<any, infer T, any>
    ? T
    : A extends (...args: any[]) => infer R
      ? R extends Generator<any, infer T, any>
        ? T
        : Awaited<R>
      : A extends PromiseLike<infer T>
        ? T
        : never;

/**
 * What stands for an `A` where futures are: itself if it is one, the task that runs a coroutine, a future of anything
 * else.
 */
export type FutureOf<A> = A extends Future<any>
  ? A
  : A extends GeneratorCoroutine<any> | Coroutine<any> | ((...args: any[]) => unknown)
    ? Task<Awaited_<A>>
    : Future<Awaited_<A>>;

/** One `yield*`: the awaitable goes to whoever steps the generator, and its outcome comes back. */
export class AwaitIterator<T> implements Iterator<unknown, T, any> {
  #awaitable: unknown;
  #given = false;

  constructor(awaitable: unknown) {
    this.#awaitable = awaitable;
  }

  next(sent?: any): IteratorResult<unknown, T> {
    if (this.#given) return { done: true, value: sent };
    this.#given = true;
    return { done: false, value: this.#awaitable };
  }

  throw(error: unknown): IteratorResult<unknown, T> {
    throw error;
  }

  return(value: any): IteratorResult<unknown, T> {
    return { done: true, value };
  }
}

/** Lets others go first once, then gives `value`. */
export class YieldIterator<T> extends AwaitIterator<T> {
  #value: T;

  constructor(value: T) {
    super(undefined);
    this.#value = value;
  }

  override next(): IteratorResult<unknown, T> {
    return super.next(this.#value);
  }
}

/** Whether `value` is a generator object. */
export function isGenerator(value: unknown): value is GeneratorCoroutine<any> {
  const object = value as Generator | null;
  return (
    typeof object === 'object' &&
    object !== null &&
    typeof object.throw === 'function' &&
    typeof object.next === 'function' &&
    typeof object[Symbol.iterator] === 'function'
  );
}

/** Whether `value` has a `then` to call. */
export function isThenable(value: unknown): value is PromiseLike<any> {
  const object = value as PromiseLike<any> | null;
  const able = (typeof object === 'object' && object !== null) || typeof object === 'function';
  return able && typeof object.then === 'function';
}

const kindOf = (value: unknown) => (typeof value === 'function' ? Object.prototype.toString.call(value) : '');

/** The exports of C programs: coroutine functions that JavaScript does not know for such. */
export const exported = /* @__PURE__ */ new WeakSet<object>();

/** Whether calling `value` makes a coroutine object: a `function*`, or an export of a C program. */
export const isGeneratorFunction = (value: unknown): boolean =>
  kindOf(value) === '[object GeneratorFunction]' || exported.has(value as object);

/** What is wrong with such a function in a coroutine's place. */
export const uncalled = (value: unknown): string =>
  exported.has(value as object) ? 'a coroutine function: call it' : 'a generator function: call it';

/** Whether `value` is an `async function`. */
export const isAsyncFunction = (value: unknown): boolean => kindOf(value) === '[object AsyncFunction]';
