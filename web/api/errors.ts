// SPDX-License-Identifier: MIT
// asyncio's exceptions. Each is branded with a symbol that all copies of the package share, so that `instanceof`
// holds between them; the brand is C's status for it. TypeScript tells them apart by members that are declared and
// never there.

const BRAND = Symbol.for('wasyncio.error');
const GlobalTypeError = globalThis.TypeError;

type Thrown = { [BRAND]?: number };
type ErrorClass = new (message?: string, exceptions?: Error[]) => Error;

/** C's status for anything that JavaScript throws. */
export const JS_ERROR = -13;

/** C's status for the error of a task group. */
export const EXCEPTION_GROUP = -12;

/** C's status for a cancellation. */
export const CANCELLED = -1;

const classes = new Map<number, ErrorClass>();

function brandOf(value: unknown): number | undefined {
  return typeof value === 'object' && value !== null ? (value as Thrown)[BRAND] : undefined;
}

function brand(type: abstract new (...args: any[]) => Error, status: number, name: string): void {
  classes.set(status, type as ErrorClass);
  const define = (target: object, key: PropertyKey, value: unknown) =>
    Object.defineProperty(target, key, { value, configurable: true, writable: true });
  define(type.prototype, BRAND, status);
  define(type.prototype, 'name', name);
  // A subclass made by a program is found the ordinary way.
  define(type, Symbol.hasInstance, function (this: unknown, value: unknown) {
    if (this !== type) return Function.prototype[Symbol.hasInstance].call(this, value);
    const own = classes.get(brandOf(value)!); // of this copy
    return own === type || (own !== undefined && type.prototype.isPrototypeOf(own.prototype));
  });
}

/** The task was cancelled. Let it pass: code that catches everything should rethrow it (see {@link is_cancelled}). */
export class CancelledError extends Error {
  declare protected readonly isCancelledError: true;
}

/** A time limit was reached. */
export class TimeoutError extends Error {
  declare protected readonly isTimeoutError: true;
}

/** The future is not in a state that allows the call: it has no result yet, or has one already. */
export class InvalidStateError extends Error {
  declare protected readonly isInvalidStateError: true;
}

/** The call is not allowed here. */
export class RuntimeError extends Error {
  declare protected readonly isRuntimeError: true;
}

/** An argument has a value that is not allowed. */
export class ValueError extends Error {
  declare protected readonly isValueError: true;
}

/** An argument has a type that is not allowed; also a TypeError of JavaScript. */
export class TypeError extends GlobalTypeError {
  declare protected readonly isTypeError: true;
}

/** The memory of the runtime is used up. */
export class MemoryError extends Error {
  declare protected readonly isMemoryError: true;
}

/** The queue is empty. */
export class QueueEmpty extends Error {
  declare protected readonly isQueueEmpty: true;
}

/** The queue is full. */
export class QueueFull extends Error {
  declare protected readonly isQueueFull: true;
}

/** The queue was shut down: nothing can be put, or nothing is left. */
export class QueueShutDown extends Error {
  declare protected readonly isQueueShutDown: true;
}

/** The barrier was aborted or reset, or is broken. */
export class BrokenBarrierError extends RuntimeError {
  declare protected readonly isBrokenBarrierError: true;
}

/** There is no such thing: a context variable has no value. */
export class LookupError extends Error {
  declare protected readonly isLookupError: true;
}

/** The asynchronous generator has no more values. */
export class StopAsyncIteration extends Error {
  declare protected readonly isStopAsyncIteration: true;
}

/** What split() and subgroup() look for: errors of a class, of one of several, or those of which a function says so. */
export type ExceptionCondition = ErrorType | readonly ErrorType[] | ((error: Error) => unknown);

/** A class of errors. */
export type ErrorType = abstract new (...args: any[]) => Error;

/**
 * Several errors: those of the tasks of a group that have failed, and of the group's own body. What was thrown and is
 * no Error is among them as it is.
 */
export class ExceptionGroup extends AggregateError {
  declare readonly errors: Error[];

  constructor(message = '', exceptions: Iterable<Error> = []) {
    super(exceptions, message);
  }

  /** The errors, as `errors` has them. */
  get exceptions(): readonly Error[] {
    return this.errors;
  }

  /**
   * A group of the errors that `condition` is true of, within groups too, else null; itself where it is true of
   * itself.
   */
  subgroup(condition: ExceptionCondition): ExceptionGroup | null {
    return this.split(condition)[0];
  }

  /**
   * The same, and a group of the others or null. TypeError for what is neither class, array of classes nor function.
   */
  split(condition: ExceptionCondition): [matching: ExceptionGroup | null, rest: ExceptionGroup | null] {
    const matches = matcher(condition);
    if (matches(this)) return [this, null];
    const matching: Error[] = [];
    const rest: Error[] = [];
    for (const error of this.errors) {
      if (error instanceof ExceptionGroup) {
        const [some, others] = error.split(matches);
        if (some) matching.push(some);
        if (others) rest.push(others);
      } else (matches(error) ? matching : rest).push(error);
    }
    const message = this.message.replace(/ \(\d+ sub-exceptions?\)$/, '');
    const group = (errors: Error[]) => (errors.length > 0 ? new ExceptionGroup(message, errors) : null);
    return [group(matching), group(rest)];
  }
}

function matcher(condition: ExceptionCondition): (error: Error) => unknown {
  const types: any[] = [condition].flat();
  if (types.every((type) => type === Error || type?.prototype instanceof Error))
    return (error) => types.some((type) => error instanceof type);
  expectFunction('condition', condition);
  return condition as (error: Error) => unknown;
}

// In the order of C's statuses, -1, -2...
const NAMES = {
  CancelledError,
  TimeoutError,
  InvalidStateError,
  ValueError,
  TypeError,
  RuntimeError,
  MemoryError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  BrokenBarrierError,
  ExceptionGroup,
};
Object.entries(NAMES).forEach(([name, type], index) => brand(type, -1 - index, name));
brand(LookupError, -14, 'LookupError');
brand(StopAsyncIteration, -15, 'StopAsyncIteration');

/** C's status for what was thrown. */
export function statusOf(error: unknown): number {
  try {
    const status = brandOf(error);
    return classes.has(status!) && typeof (error as Error).message === 'string' ? status! : JS_ERROR;
  } catch {
    return JS_ERROR; // a proxy that throws when it is looked at
  }
}

/** The error that a status of C and its words are in JavaScript. */
export function errorOf(status: number, words: string, exceptions?: Error[]): Error {
  return new (classes.get(status) ?? RuntimeError)(words, exceptions);
}

/** Whether `error` is a cancellation, of any copy of this package; for `catch` blocks, which catch those too. */
export function is_cancelled(error: unknown): error is CancelledError {
  return statusOf(error) === CANCELLED;
}

const LONGEST = 100; // characters

/** A value as error messages show it. */
export function show(value: unknown): string {
  try {
    if (typeof value === 'string')
      return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
    if (typeof value !== 'object' || value === null) return String(value);
    return value instanceof Promise ? 'a Promise' : `an object (${value.constructor?.name || Object.prototype.toString.call(value).slice(8, -1)})`;
  } catch {
    return 'an object that cannot be shown';
  }
}

/** The method by which Node.js shows an object. */
export const inspect = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom');

const FILE = /[^\s(@]+(?=:\d+:\d+\)?$)/m; // in a line of a stack, in any engine

/**
 * The frames of a stack that are not in the file of the first, as the package's are; where all are, in a bundle, all.
 */
export function callersOf(stack = ''): string {
  const own = FILE.exec(stack)?.[0] ?? '';
  const others = stack.split('\n').filter((line) => FILE.test(line) && !line.includes(own));
  return others.join('\n') || stack;
}

/** Options that were given; TypeError unless they are an object. */
export function expectOptions<T>(options: T): T {
  if (typeof options === 'object' && options !== null) return options;
  throw new TypeError(`Expected [options] to be an object, got ${show(options)}`);
}

/** Throws a TypeError for argument `name` unless `value` is a number. */
export function expectNumber(name: string, value: unknown): asserts value is number {
  if (typeof value !== 'number') throw new TypeError(`Expected [${name}] to be a number, got ${show(value)}`);
}

/** Throws a TypeError for argument `name` unless `value` is a function. */
export function expectFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`Expected [${name}] to be a function, got ${show(value)}`);
}
