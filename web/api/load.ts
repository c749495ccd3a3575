// SPDX-License-Identifier: MIT
// load(): a C program as a runtime of its own, with its exports as coroutine functions.
import { takeErrorsOf } from './application_error.js';
import { expectOptions } from './errors.js';
import { exportedFunction, readRecords, recordsOf } from './exports.js';
import type { Clock } from './instance.js';
import { Program } from './program.js';
import { Runtime } from './runtime.js';

/** What the exports of a program are when nobody has said more. */
export type CoroutineFunctions = Record<string, (...args: any[]) => any>;

/** The function that emcc -sMODULARIZE makes. `npx wasyncio types` writes one with the program's exports as `E`. */
export interface ModuleFactory<E = CoroutineFunctions> {
  (options?: any): PromiseLike<unknown>;
  /** Never there: it carries the type. */
  readonly exports_type?: E;
}

/** What load() can be told; what else is given goes to the module: `wasmBinary`, `locateFile`, `print`... */
export interface LoadOptions {
  /** A clock in place of the host's: a test's need not wait. */
  clock?: Clock;
  [option: string]: unknown;
}

/**
 * A loaded program: a runtime with its exports. One with a name of Runtime's, or called then, is in `exports` alone.
 */
export type App<E = CoroutineFunctions> = Runtime & { readonly exports: E } & Omit<
    E,
    keyof Runtime | 'exports' | 'then'
  >;

/**
 * Loads a C program that emcc has linked with `-sMODULARIZE` over libasyncio.a: a runtime with the same API as the
 * package's own, on the program's loops, and each ASYNCIO_EXPORT as a coroutine function,
 * each ASYNCIO_EXPORT_GENERATOR as one that gives an {@link ExportedGenerator}. It is ready when C's
 * constructors have run. A main() runs as a coroutine beside it; its return with 0 changes nothing, while another
 * status, exit(), abort() and traps end the program: what still waits for it gets an error that says so. TypeError for
 * what is no function, RuntimeError for a module without asyncio or without exports; what the function or main()
 * throws is thrown on.
 */
export async function load<E = CoroutineFunctions>(
  createModule: ModuleFactory<E>,
  options: LoadOptions = {},
): Promise<App<E>> {
  const { clock, ...others } = expectOptions(options);
  const program = await Program.make(createModule, others, clock);
  const runtime = new Runtime(program.open);
  program.onEnd = (reason) => runtime.core.end(reason);
  if (program.ended) throw program.ended; // between two microtasks
  takeErrorsOf(runtime.core);
  const records = readRecords(runtime.core, program.first);
  recordsOf.set(runtime, records);
  const exports = Object.fromEntries(records.map((record) => [record.name, exportedFunction(runtime, record)]));
  Object.defineProperty(runtime, 'exports', { value: Object.freeze(exports), enumerable: true });
  for (const [name, call] of Object.entries(exports))
    if (!(name in runtime) && name !== 'then') Object.defineProperty(runtime, name, { value: call, enumerable: true });
  return runtime as App<E>;
}
