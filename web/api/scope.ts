// SPDX-License-Identifier: MIT
// The form that `async with x as y: ...` has in JavaScript: `x.with(function* (y) { ... })`. A function, since what a
// scope makes of the end of its body (a TimeoutError, an ExceptionGroup, nothing) no disposer can: it is not told of
// that end, and what it throws does not take the error's place.
import { abortWith } from './abort.js';
import { isAsyncFunction, isGenerator, isThenable } from './awaitable.js';
import type { BaseRuntime } from './base.js';
import { Coroutine, pointerOf } from './coroutine.js';
import { TypeError, expectFunction, expectOptions, show } from './errors.js';
import { Future } from './future.js';
import type { Task } from './task.js';

/**
 * What runs in a scope: a `function*`, an async function, or one that returns something to await; called with what the
 * scope is about, and its task.
 */
export type ScopeBody<V, R> = (value: V, task: Task<any>) => R;

/** What a scope can be told. */
export interface ScopeOptions {
  /** Cancels the task that runs the scope when it fires; a scope that has ended is not concerned any more. */
  signal?: AbortSignal;
}

/** What a scope gives whose body returns `R`. */
export type Scoped<R> = R extends Generator<any, infer T, any> ? T : Awaited<R>;

/** @internal Runs `body` within the coroutine that awaits this one. */
export function* inside<V, R>(
  runtime: BaseRuntime,
  body: ScopeBody<V, R>,
  value: V,
): Generator<unknown, Scoped<R>, any> {
  if (isAsyncFunction(body)) return yield (task: Task<any>) => body(value, task);
  const result: any = body(value, runtime.current_task()!);
  if (isGenerator(result) || result instanceof Coroutine || result instanceof Future) return yield* result as any;
  return isThenable(result) ? yield () => result : result;
}

function* guarded(
  runtime: BaseRuntime,
  coroutine: Generator<unknown, any, any>,
  signal: AbortSignal,
): Generator<unknown, any, any> {
  const release = abortWith(runtime.current_task()!, signal);
  try {
    return yield* coroutine;
  } finally {
    release();
  }
}

/**
 * @internal A coroutine object for a scope: `run` is called once that is run. TypeError for what is no function or
 * signal.
 */
export function scope<T>(
  runtime: BaseRuntime,
  body: unknown,
  options: ScopeOptions,
  run: () => Generator<unknown, T, any>,
): Coroutine<T> {
  const { signal } = expectOptions(options);
  if (isGenerator(body))
    throw new TypeError('Expected [body] to be a function, got a generator object: give the function itself');
  expectFunction('body', body);
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new TypeError(`Expected [signal] to be an AbortSignal, got ${show(signal)}`);
  return runtime.coroutine(() => pointerOf(runtime.core, signal ? guarded(runtime, run(), signal) : run(), 'scope'));
}

