// SPDX-License-Identifier: MIT
// What a runtime needs of WebAssembly: C's functions by name, memory, and the bridge. Two loaders supply it: the
// embedded one here, and program.ts for what emcc has linked. Both take the functions from the table that src/web/api.c
// keeps.
import { asyncioBridge, first, type Bridge, type Embedded } from './embedded.js';

/** The clock of a runtime, which a test can replace by one that need not wait. */
export interface Clock {
  /** Monotonic seconds. */
  now(): number;
  /** Calls `wake` once when the clock reads `when` or more, and takes the wish before back; Infinity is only that. */
  wake_at(when: number, wake: () => void): void;
}

/** A module that lives in the first one's memory and table. */
export interface Part {
  readonly of: Embedded;
  readonly table: `${'context' | 'combinator' | 'object' | 'inspection'}_functions`;
}

/** C's functions, without their prefixes. */
export type Functions = Record<string, (...args: number[]) => number>;

/** What an instance calls. */
export interface Owner {
  /** A turn has ended, and with it the run of a loop. */
  turned(): void;
  /** Goes on with a coroutine of JavaScript; what it wants next. */
  step(handle: number, sent: number, value: number, frame: number): number;
  /** Calls a callback; the status of what it threw. */
  call(callback: number): number;
  /** A future is done whose half in JavaScript is `half`, with this outcome; whether C's half is no longer needed. */
  settled(
    half: number,
    ...outcome: [status: number, flags: number, value: number, error: number, number: number, cancels: number]
  ): number;
  /** Tells the exception handler of a loop. */
  exception(loop: number, future: number, message: number, status: number, error: number): void;
}

/** What a program calls besides, whose C may fail where nobody can go on. */
export interface ProgramOwner extends Owner {
  /** It has trapped, or called abort(). */
  stopped(error: Error): void;
}

/** One instance of C. */
export interface Instance {
  readonly bridge: Bridge;
  readonly c: Functions;
  memory(): ArrayBufferLike;
  /** The value at `pointer`, of a kind that C alone makes; the embedded core has none. */
  read?(kind: number, pointer: number): unknown;
  /** Adds the functions of a module of the core's that few pages need, once; a program has them. */
  extend(part: Part): void;
  /** Its loops are about to be closed. */
  closing?(): void;
  /** Calls `then` when coroutines that can only end later have done so; false when there are none. */
  quiet?(then: () => void): boolean;
  /** Nothing of it runs any more. */
  close(): void;
}

/** Makes an instance for its owner. */
export type Open = (owner: ProgramOwner) => Instance;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of `size` bytes. */
export function textOf(memory: ArrayBufferLike, pointer: number, size: number): string {
  return decoder.decode(new Uint8Array(memory, pointer, size));
}

/** The zero-terminated text at `pointer`. */
export function textAt(memory: ArrayBufferLike, pointer: number): string {
  const bytes = new Uint8Array(memory);
  return textOf(memory, pointer, bytes.indexOf(0, pointer) - pointer);
}

/** Adds the functions of a table of C's, whose names have a space before each. */
export function readFunctions(
  c: Functions,
  names: string,
  memory: ArrayBufferLike,
  table: number,
  functionAt: (index: number) => Functions[string],
): void {
  const words = new Uint32Array(memory);
  let place = words[(table >> 2) + 1]! >> 2;
  for (const name of names.trim().split(' ')) c[name] = functionAt(words[place++]!);
}

const compiled = /* @__PURE__ */ new Map<string, WebAssembly.Module>(); // once for all runtimes

type Writable = { write(text: string, encoding: string): number };
const { Buffer } = globalThis as { Buffer?: { from(bytes: ArrayBuffer): Writable } }; // Node's is quick

// An embedded module, unmasked four bytes at a time, by code that has not run before: nothing is computed twice.
function bytesOf(text: string): BufferSource {
  const words = new Int32Array((text.length + 3) >> 2);
  const bytes = new Uint8Array(words.buffer);
  if (Buffer) Buffer.from(bytes.buffer).write(text, 'latin1');
  else for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const key = first.mask * 0x01010101;
  for (let i = 0; i < words.length; i++) words[i]! ^= key;
  return bytes.subarray(0, text.length);
}

function compile(text: string): WebAssembly.Module {
  let module = compiled.get(text);
  if (!module) compiled.set(text, (module = new WebAssembly.Module(bytesOf(text))));
  return module;
}

interface Raw extends Record<Part['table'], () => number> {
  memory: WebAssembly.Memory;
  table: WebAssembly.Table;
  functions(): number;
  host_turn(kind: number): number;
  promise_resolved(...args: number[]): void;
  promise_rejected(...args: number[]): void;
}

type Imports = Record<string, (...args: [any, any, any, any, any, any, any]) => number | boolean | void>;

// Handles of 2^31 and more are negative here; the bridge's values take them so too.
function importsOf(owner: Owner, bridge: Bridge, now: () => number, raw: () => Raw): Imports {
  return {
    now,
    wake_soon: bridge.wakeSoon,
    wake_at: bridge.armTimer,
    fill: (target) => new Uint8Array(raw().memory.buffer).set(bridge.incoming!, target),
    release: (handle) => bridge.values.delete(handle),
    watch: bridge.watch,
    abandon: bridge.abandon,
    step: (handle, sent, value, frame) => owner.step(handle, sent, value, frame),
    call: (callback) => owner.call(callback),
    settled: (half, status, flags, value, error, number, cancels) =>
      owner.settled(half, status, flags, value, error, number, cancels),
    exception: (loop, _context, future, message, status, error) => owner.exception(loop, future, message, status, error),
  };
}

/** Opens the core that the package embeds. */
export const embedded =
  (clock?: Clock): Open =>
  (owner) => {
    const now = clock ? () => clock.now() : () => performance.now() * 1e-3;
    const bridge = asyncioBridge({
      turn(kind) {
        if (raw.host_turn(kind)) owner.turned();
      },
      resolved: (...args) => raw.promise_resolved(...args),
      rejected: (...args) => raw.promise_rejected(...args),
      guard: (call, argument) => call(argument!),
      now,
    });
    if (clock) bridge.armTimer = (deadline) => clock.wake_at(deadline, () => bridge.turn(bridge.TURN.timer));
    const instance = new WebAssembly.Instance(compile(first.wasm), { env: importsOf(owner, bridge, now, () => raw) });
    const raw = instance.exports as unknown as Raw;
    const c: Functions = {};
    const functionAt = (index: number) => raw.table.get(index);
    readFunctions(c, first.names, raw.memory.buffer, raw.functions(), functionAt);
    const parts = new Set<Part>();
    const extend = (part: Part) => {
      if (parts.has(part)) return;
      parts.add(part);
      new WebAssembly.Instance(compile(part.of.wasm), { core: instance.exports });
      readFunctions(c, part.of.names, raw.memory.buffer, raw[part.table](), functionAt);
    };
    return { bridge, c, memory: () => raw.memory.buffer, extend, close: () => bridge.armTimer(Infinity) };
  };
