// SPDX-License-Identifier: MIT
// What web/cli/build.mjs makes beside the compiled files: the modules of the core, and the part of web/lib/bridge.js
// that every loader shares.

/** A module of the core. */
export interface Embedded {
  /** WebAssembly, one character for each byte, combined (exclusive or) with the first one's `mask`. */
  readonly wasm: string;
  /** The names of the functions in its table. */
  readonly names: string;
}

/** What every runtime has. */
export const first: Embedded & { readonly mask: number };

/** The same for the functions behind contexts.ts, which live in the first one's memory and table. */
export const contexts: Embedded;

/** The same for those behind combinators.ts. */
export const combinators: Embedded;

/** The same for those behind objects.ts, which need the combinators' too. */
export const objects: Embedded;

/** The same for those behind call_graph.ts, which need the combinators' too. */
export const inspection: Embedded;

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

/** How the outcome of a promise becomes C's. */
export interface Crossing {
  given(value: unknown): Given;
  statusOf(reason: unknown): number;
}

/** What the shared part needs of its owner. */
export interface BridgeCore {
  turn(kind: number): void;
  resolved(future: number, kind: number, number: number, size: number): void;
  rejected(future: number, status: number, size: number, reason: number): void;
  guard<A>(call: (argument: A) => void, argument?: A): void;
  now(): number;
}

/** Values by handle. */
export interface Values {
  readonly size: number;
  has(handle: number): boolean;
  get(handle: number): unknown;
  delete(handle: number): void;
  all(): unknown[];
}

/** The shared part; see web/lib/bridge.js. */
export interface Bridge {
  readonly values: Values;
  incoming: Uint8Array | undefined;
  handle(value: unknown): number;
  value(handle: number): unknown;
  Pending: new (promise: unknown, cancel: (message: number) => boolean, crossing: Crossing) => Pending;
  readonly TURN: { readonly timer: number; readonly hop: number; readonly microtask: number };
  wakeSoon(patient: number): void;
  armTimer(deadline: number): void;
  turn(kind: number): void;
  describe(reason: unknown): string;
  watch(handle: number, future: number): boolean;
  abandon(handle: number, message: number): boolean;
}

/** Makes one. */
export function asyncioBridge(core: BridgeCore): Bridge;
