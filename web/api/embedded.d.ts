// SPDX-License-Identifier: MIT
// What web/cli/build.mjs makes beside the compiled files: the core, and the part of web/lib/asyncio.js that every
// loader shares.

/** WebAssembly, one character for each byte, combined with `mask`. */
export const wasm: string;

/** What each byte is combined with (exclusive or). */
export const mask: number;

/** A value as C takes it. */
export interface Given {
  kind: number;
  number: number;
  size: number;
  bytes?: Uint8Array;
}

/** A promise that C awaits. */
export interface Pending {
  future: number;
}

/** What the shared part needs of its owner. */
export interface BridgeCore {
  turn(timed?: boolean): void;
  resolved(future: number, kind: number, number: number, size: number): void;
  rejected(future: number, status: number, size: number, reason: number): void;
  guard(call: () => void): void;
  now(): number;
}

/** The shared part; see web/lib/asyncio.js. */
export interface Bridge {
  values: Map<number, unknown>;
  incoming: Uint8Array | undefined;
  handle(value: unknown): number;
  value(handle: number): unknown;
  Pending: new (promise: unknown, cancel: (message: number) => boolean) => Pending;
  makeHop(): () => void;
  armTimer(deadline: number): void;
  turn(timed?: boolean): void;
  describe(reason: unknown): string;
  given(value: unknown): Given;
  statusOf(reason: unknown): number;
  watch(handle: number, future: number): boolean;
  abandon(handle: number, message: number): boolean;
}

/** Makes one. */
export function asyncioBridge(core: BridgeCore): Bridge;
