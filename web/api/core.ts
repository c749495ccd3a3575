// SPDX-License-Identifier: MIT
// One runtime's C and what crosses its border: numbers and booleans as they are, everything else that JavaScript made
// by a handle, so that the very same object comes out again. Nothing is thrown into C: what an import throws is
// recorded there as an error. Invariant: once it has ended, every call of C throws why, and nothing waits for it.
import type { Then } from './awaitable.js';
import type { Context } from './contexts.js';
import type { Bridge, Crossing } from './embedded.js';
import { EXCEPTION_GROUP, JS_ERROR, RuntimeError, errorOf, statusOf } from './errors.js';
import { Future } from './future.js';
import type { Task } from './task.js';
import { textAt, type Functions, type Instance, type Open, type Part, type ProgramOwner } from './instance.js';
import type { EventLoop } from './loop.js';

/** What steps a coroutine of JavaScript; C holds a handle of it. */
export interface Stepper {
  step(sent: number, value: number, frame: number): number;
}

// As an answer of a step: it has returned, failed, or lets others go first. Anything else is an awaitable's pointer.
export const RETURNED = 0;
export const FAILED = 1;
export const YIELDED = 2;

const NONE = 0;
const BOOL = 1;
const DOUBLE = 3;
const LIST = 7;
const ERROR = 8;
const JS = 9;
/** As a size: there are no words. */
export const NO_TEXT = -1;

const encoder = new TextEncoder();

/** A run that is under way; `settle` is called when it is over. */
export interface Run {
  pointer: number;
  settle(run: Run): void;
  fail(error: unknown): void;
  /** Nothing can end it any more. */
  stuck(): void;
}

export class Core implements ProgramOwner {
  /** C's functions; once it has ended, each throws. */
  c: Functions;
  readonly bridge: Bridge;
  readonly loops = new Map<number, EventLoop>();
  readonly runs = new Set<Run>();
  /** Pointers of failed futures whose error nobody has looked at. */
  readonly unseen = new Set<number>();
  /** Lets go of C's futures whose JavaScript half is gone. */
  readonly registry = new FinalizationRegistry((pointer: number) => this.release(pointer));
  /** A task's wrapper, made by future.ts. */
  declare wrapTask: (pointer: number) => Task<any>;
  /** The exception handler of a loop. */
  declare report: (loop: number, message: string, error: unknown, future: number) => void;
  /**
   * Coroutine objects that loops in debug mode have made and nobody has used, and where; from the first such loop on.
   */
  unused: Map<object, [loop: EventLoop, stack: string | undefined]> | undefined;
  /** The context at a pointer / of a task; contexts.ts makes them once there is one. */
  contextAt = (_pointer: number): Context => noContexts();
  contextOf = (_task: number): Context => noContexts();
  /** `then` for who asks for it here and now, in whose context it is to go on; once there are contexts. */
  declare follow: ((then: Then<any>) => Then<any>) | undefined;
  /** What an error of C's is in JavaScript. */
  errorOf = errorOf;
  /** Why it has ended. */
  ended: Error | undefined;
  /** How the outcomes of JavaScript's own promises become C's: as they are. */
  readonly crossing: Crossing = {
    given: (value) => this.cross(value, (kind, number, size) => ({ kind, number, size })),
    statusOf,
  };
  #instance: Instance;
  #view!: DataView;
  #bytes!: Uint8Array; // the same, whose length is quicker to look at
  #running: number; // where C keeps which loop is running

  constructor(open: Open) {
    this.#instance = open(this);
    this.c = Object.create(this.#instance.c); // of what is a prototype V8 knows every value; else this is a dictionary
    this.bridge = this.#instance.bridge;
    this.#look();
    this.#running = this.c.running!();
  }

  #look(): void {
    const memory = this.#instance.memory();
    this.#view = new DataView(memory);
    this.#bytes = new Uint8Array(memory);
  }

  /** C's memory, which moves when it grows. */
  get view(): DataView {
    if (this.#bytes.length === 0) this.#look();
    return this.#view;
  }

  /** The ends of the runs that are over after a turn. */
  turned(): void {
    for (const run of this.runs) if (this.c.run_over!(run.pointer)) run.settle(run);
  }

  step(handle: number, sent: number, value: number, frame: number): number {
    return (this.bridge.values.get(handle) as Stepper).step(sent, value, frame);
  }

  exception(loop: number, future: number, message: number, status: number, error: number): void {
    this.report(loop, this.text(message), status ? this.error(status, error) : undefined, future);
  }

  settled(
    half: number,
    status: number,
    flags: number,
    value: number,
    error: number,
    number: number,
    cancels: number,
  ): number {
    const future = this.bridge.values.get(half) as Future<any>;
    return Number(future.settled(status, flags, value, error, number, cancels));
  }

  // A callback is called once.
  call(handle: number): number {
    try {
      const callback = this.bridge.values.get(handle) as () => void;
      this.bridge.values.delete(handle);
      callback();
      return 0;
    } catch (error) {
      return this.raise(error);
    }
  }

  /** Brings in what only some pages use of C. */
  extend(part: Part): void {
    this.#instance.extend(part);
  }

  // ---- Values

  /** Hands a value to `give` as C takes it. */
  cross<T>(value: unknown, give: (kind: number, number: number, size: number) => T): T {
    if (value === undefined) return give(NONE, 0, 0);
    if (typeof value === 'number') return give(DOUBLE, value, 0);
    if (typeof value === 'boolean') return give(BOOL, Number(value), 0);
    return give(JS, 0, this.bridge.handle(value));
  }

  /** The value at `pointer`. */
  read(pointer: number): unknown {
    const kind = this.view.getInt32(pointer, true);
    if (kind === NONE) return undefined;
    if (kind === DOUBLE) return this.#view.getFloat64(pointer + 8, true);
    if (kind === BOOL) return this.#view.getUint8(pointer + 8) !== 0;
    if (kind === JS) return this.bridge.value(this.c.handle!(pointer));
    if (kind === ERROR) return this.error(this.c.item_status!(pointer), this.c.item_error!(pointer));
    if (kind === LIST) return this.#readList(pointer);
    return this.#instance.read!(kind, pointer);
  }

  #readList(pointer: number): unknown[] {
    const first = this.c.items!(pointer);
    return Array.from({ length: this.c.count!(pointer) }, (_, index) => this.read(first + 16 * index));
  }

  /** The zero-terminated text at `pointer`. */
  text(pointer: number): string {
    return textAt(this.view.buffer, pointer);
  }

  /** Calls `use` with the size of `words`, whose bytes C can then fetch. */
  withText<T>(words: string | undefined, use: (size: number) => T): T {
    if (words === undefined) return use(NO_TEXT);
    this.bridge.incoming = encoder.encode(words);
    try {
      return use(this.bridge.incoming.length);
    } finally {
      this.bridge.incoming = undefined;
    }
  }

  /** Calls `use` with an array of pointers in C's memory. */
  withPointers<T>(pointers: number[], use: (array: number) => T): T {
    const array = this.c.malloc!(4 * pointers.length + 4);
    if (!array) throw errorOf(-7, `Out of memory for ${pointers.length} pointers`);
    try {
      pointers.forEach((pointer, index) => this.view.setUint32(array + 4 * index, pointer, true));
      return use(array);
    } finally {
      this.c.free!(array);
    }
  }

  /** The pointers that C wrote to an array. */
  pointersAt(array: number, count: number): number[] {
    return Array.from({ length: count }, (_, index) => this.view.getUint32(array + 4 * index, true));
  }

  // ---- Errors

  /** C's error as JavaScript knows it: what was thrown, or one made for it, the same each time. */
  error(status: number, pointer: number): unknown {
    const handle = pointer ? this.c.error_js!(pointer) >>> 0 : 0;
    if (handle && this.bridge.values.has(handle)) return this.bridge.values.get(handle);
    const exceptions = status === EXCEPTION_GROUP && pointer ? this.read(this.c.exceptions!(pointer)) : undefined;
    const made = this.errorOf(status, this.text(this.c.words!(pointer, status)), exceptions as Error[] | undefined);
    if (pointer) this.c.keep!(pointer, this.bridge.handle(made));
    return made;
  }

  /** The latest failure with `status`, which C then forgets. */
  takeError(status: number): unknown {
    const error = this.error(status, this.c.error_current!(status));
    this.c.error_clear!();
    return error;
  }

  /** Throws the failure that a call of C ended with; 0 is none. */
  check(status: number): void {
    if (status) throw this.takeError(status);
  }

  /** The pointer that a call of C gave, or throws what it failed with. */
  made(pointer: number): number {
    if (!pointer) throw this.takeError(this.c.error_latest!());
    return pointer;
  }

  /** What an error is in C: its status, its words and a handle of itself. */
  crossError<T>(error: unknown, give: (status: number, size: number, handle: number) => T): T {
    const status = this.crossing.statusOf(error);
    const words = status === JS_ERROR ? this.bridge.describe(error) : `${(error as Error).message}`;
    return this.withText(words, (size) => give(status, size, this.bridge.handle(error)));
  }

  /** Records what was thrown for C; its status. */
  raise(error: unknown): number {
    return this.crossError(error, (status, size, handle) => this.c.raise!(status, size, handle));
  }

  // ---- Life

  /** The pointer of the running loop; 0 outside callbacks and coroutines. */
  get runningPointer(): number {
    return this.view.getUint32(this.#running, true);
  }

  /** The running loop; undefined outside callbacks and coroutines. */
  get running(): EventLoop | undefined {
    return this.loops.get(this.runningPointer);
  }

  /** Calls `use` as if `loop` were running. */
  within<T>(loop: EventLoop, use: () => T): T {
    const former = this.c.enter!(loop.pointer);
    try {
      return use();
    } finally {
      this.c.enter!(former);
    }
  }

  /** Tells the exception handlers of the failures that nobody has looked at, of `loop` or of all. */
  reportUnseen(loop?: number): void {
    for (const pointer of this.unseen)
      if (loop === undefined || this.c.future_get_loop!(pointer) === loop) this.c.report_unseen!(pointer);
  }

  /** Node.js has nothing left that could wake anybody. */
  drained(): void {
    this.reportUnseen();
    for (const run of this.runs) run.stuck();
  }

  /** The pending tasks of a loop, oldest first. */
  tasksOf(loop: number): Task<any>[] {
    if (!loop) return [];
    const count = this.c.all_tasks!(loop, 0, 0);
    const pointers = this.withPointers(Array<number>(count).fill(0), (array) => {
      this.c.all_tasks!(loop, array, count);
      return this.pointersAt(array, count);
    });
    return pointers.map((pointer) => this.wrapTask(pointer));
  }

  /** Drops a reference to C's future. */
  release(pointer: number): void {
    this.unseen.delete(pointer);
    if (!this.ended) this.c.unref!(pointer);
  }

  /** Ends all of it: tasks, then loops. RuntimeError inside its own callbacks and coroutines. */
  close(): void {
    if (this.ended) return;
    if (this.running) throw new RuntimeError('Cannot close the runtime from a callback or coroutine of its own');
    this.#instance.closing?.();
    this.c.end_runs!();
    for (const loop of this.loops.values()) loop.close();
    this.turned();
    const reason = new RuntimeError('The runtime is closed');
    const refuse = () => fail(reason);
    // Nothing begins meanwhile.
    this.c = Object.assign(Object.create(this.c), { create_task: refuse, new_loop: refuse });
    this.whenQuiet(() => this.end(reason));
  }

  /** Calls `then` at once, or when the coroutines have ended that can only do so later. */
  whenQuiet(then: () => void): void {
    if (!this.#instance.quiet?.(then)) then();
  }

  stopped(error: Error): void {
    console.error('asyncio: The program has stopped:', error);
    this.end(error);
  }

  /** C does not run any more: whatever waits for it is told `reason`. */
  end(reason: Error): void {
    if (this.ended) return;
    this.ended = reason;
    this.c = new Proxy({}, { get: () => () => fail(reason) });
    this.#instance.close();
    for (const value of this.bridge.values.all()) if (Future.isWatched(value)) value.abandon(reason);
    for (const run of this.runs) run.fail(reason);
    for (const loop of this.loops.values()) loop.abandon();
    [this.runs, this.loops, this.unseen].forEach((all) => all.clear());
  }
}

function noContexts(): never {
  throw new RuntimeError('There are no contexts yet: make a ContextVar or a Context first');
}

// The same words each time, and a stack of its own.
function fail(reason: Error): never {
  throw new RuntimeError(reason.message);
}
