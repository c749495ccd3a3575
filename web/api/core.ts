// SPDX-License-Identifier: MIT
// One wasm instance and what crosses its border: numbers and booleans as they are, everything else by a handle, so that
// the very same object comes out again. Nothing is thrown into C: what an import throws is recorded there as an error.
import { asyncioBridge, mask, wasm, type Bridge } from './embedded.js';
import { JS_ERROR, errorOf, statusOf } from './errors.js';
import type { EventLoop } from './loop.js';
import type { Future, Task } from './future.js';

/** The clock of a runtime, which a test can replace by one that need not wait. */
export interface Clock {
  /** Monotonic seconds. */
  now(): number;
  /** Calls `wake` once when the clock reads `when` or more, and takes the wish before back; Infinity is only that. */
  wake_at(when: number, wake: () => void): void;
}

/** C's functions, without their prefixes. */
type Exports = Record<string, (...args: number[]) => number>;

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
const decoder = new TextDecoder();
let compiled: WebAssembly.Module | undefined;

type Writable = { write(text: string, encoding: string): number };
const { Buffer } = globalThis as { Buffer?: { from(bytes: ArrayBuffer): Writable } }; // Node's is quick

// The embedded module, unmasked four bytes at a time.
function bytesOf(text: string): BufferSource {
  const words = new Int32Array((text.length + 3) >> 2);
  const bytes = new Uint8Array(words.buffer);
  if (Buffer) Buffer.from(bytes.buffer).write(text, 'latin1');
  else for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  for (let i = 0; i < words.length; i++) words[i]! ^= mask * 0x01010101;
  return bytes.subarray(0, text.length);
}

// Compiled once for all runtimes.
const compile = (): WebAssembly.Module => (compiled ??= new WebAssembly.Module(bytesOf(wasm)));

/** A run that is under way; `settle` is called when it is over. */
export interface Run {
  pointer: number;
  settle(run: Run): void;
}

export class Core {
  readonly c: Exports;
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
  #memory: WebAssembly.Memory;
  #view: DataView;

  constructor(clock?: Clock) {
    const now = clock ? () => clock.now() : () => performance.now() * 1e-3;
    this.bridge = asyncioBridge({
      turn: (kind) => this.turn(kind),
      resolved: (...args) => this.c.promise_resolved!(...args),
      rejected: (...args) => this.c.promise_rejected!(...args),
      guard: (call, argument) => call(argument!),
      now,
    });
    this.bridge.given = (value) => this.cross(value, (kind, number, size) => ({ kind, number, size }));
    this.bridge.statusOf = statusOf;
    if (clock) this.bridge.armTimer = (deadline) => clock.wake_at(deadline, () => this.bridge.turn(this.bridge.TURN.timer));
    const instance = new WebAssembly.Instance(compile(), { env: this.#imports(now) });
    this.#memory = instance.exports.memory as WebAssembly.Memory;
    this.#view = new DataView(this.#memory.buffer);
    this.c = Object.fromEntries(
      Object.entries(instance.exports).map(([name, value]) => [name.replace(/^asyncio_(_js)?_*/, ''), value]),
    ) as Exports;
    this.c._initialize!();
  }

  #imports(now: () => number): Record<string, (...args: number[]) => number | void> {
    const { bridge } = this;
    return {
      asyncio_host_now: now,
      asyncio_host_wake_soon: (patient) => bridge.wakeSoon(patient!),
      asyncio_host_wake_at: (deadline) => bridge.armTimer(deadline!),
      asyncio_host_report: (line) => console.error(this.text(line!)),
      asyncio_host_started: () => {},
      asyncio_host_words: () => {},
      asyncio__main_resume: () => {},
      asyncio_host_fill: (target) => new Uint8Array(this.#memory.buffer).set(bridge.incoming!, target),
      asyncio_host_release: (handle) => void bridge.values.delete(handle! >>> 0),
      asyncio_host_watch: (handle, future) => Number(bridge.watch(handle! >>> 0, future!)),
      asyncio_host_abandon: (handle, message) => Number(bridge.abandon(handle! >>> 0, message!)),
      asyncio_host_step: (handle, sent, value, frame) =>
        (bridge.values.get(handle! >>> 0) as Stepper).step(sent!, value!, frame!),
      asyncio_host_call: (callback) => this.#call(callback! >>> 0),
      asyncio_host_settled: (half, status, flags, value, error, number, cancels) =>
        Number((bridge.values.get(half!) as Future<any>).settled(status!, flags!, value!, error!, number!, cancels!)),
      asyncio_host_exception: (loop, _context, future, message, status, error) =>
        this.report(loop!, this.text(message!), status ? this.error(status, error!) : undefined, future!),
      emscripten_notify_memory_growth: () => void (this.#view = new DataView(this.#memory.buffer)),
    };
  }

  /** A turn of C's loops, and the ends of the runs that are then over. */
  turn(kind: number): void {
    this.c.host_turn!(kind);
    if (this.runs.size) for (const run of this.runs) if (this.c.run_over!(run.pointer)) run.settle(run);
  }

  // A callback is called once.
  #call(handle: number): number {
    try {
      const callback = this.bridge.values.get(handle) as () => void;
      this.bridge.values.delete(handle);
      callback();
      return 0;
    } catch (error) {
      return this.raise(error);
    }
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
    const kind = this.#view.getInt32(pointer, true);
    if (kind === NONE) return undefined;
    if (kind === DOUBLE) return this.#view.getFloat64(pointer + 8, true);
    if (kind === BOOL) return this.#view.getUint8(pointer + 8) !== 0;
    if (kind === JS) return this.bridge.value(this.c.handle!(pointer));
    if (kind === ERROR) return this.error(this.c.item_status!(pointer), this.c.item_error!(pointer));
    if (kind === LIST) return this.#readList(pointer);
    throw new Error(`A value of kind ${kind} came out of C`);
  }

  #readList(pointer: number): unknown[] {
    const first = this.c.items!(pointer);
    return Array.from({ length: this.c.count!(pointer) }, (_, index) => this.read(first + 16 * index));
  }

  /** The zero-terminated text at `pointer`. */
  text(pointer: number): string {
    const bytes = new Uint8Array(this.#memory.buffer);
    return decoder.decode(bytes.subarray(pointer, bytes.indexOf(0, pointer)));
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
      pointers.forEach((pointer, index) => this.#view.setUint32(array + 4 * index, pointer, true));
      return use(array);
    } finally {
      this.c.free!(array);
    }
  }

  /** The pointers that C wrote to an array. */
  pointersAt(array: number, count: number): number[] {
    return Array.from({ length: count }, (_, index) => this.#view.getUint32(array + 4 * index, true));
  }

  // ---- Errors

  /** C's error as JavaScript knows it: what was thrown, or one made for it, the same each time. */
  error(status: number, pointer: number): unknown {
    const handle = pointer ? this.c.error_js!(pointer) >>> 0 : 0;
    if (handle && this.bridge.values.has(handle)) return this.bridge.values.get(handle);
    const made = errorOf(status, this.text(this.c.words!(pointer, status)));
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
    const status = statusOf(error);
    const words = status === JS_ERROR ? this.bridge.describe(error) : `${(error as Error).message}`;
    return this.withText(words, (size) => give(status, size, this.bridge.handle(error)));
  }

  /** Records what was thrown for C; its status. */
  raise(error: unknown): number {
    return this.crossError(error, (status, size, handle) => this.c.raise!(status, size, handle));
  }

  // ---- Life

  /** The running loop; undefined outside callbacks and coroutines. */
  get running(): EventLoop | undefined {
    return this.loops.get(this.c.running!());
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

  /** Drops a reference to C's future. */
  release(pointer: number): void {
    this.unseen.delete(pointer);
    this.c.unref!(pointer);
  }
}
