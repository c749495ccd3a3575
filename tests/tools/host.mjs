// SPDX-License-Identifier: MIT
// What tests need of the engine that runs them, as Node.js has it. In a page tests/browser/stand_ins/host.mjs is in its
// place.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The host's next task but one: calls [callback] in it; gives what forget() takes. */
export const soon = (callback, ...args) => setImmediate(callback, ...args);
export const forget = (armed) => clearImmediate(armed);

/** Lets the host have a task. */
export const turn = () => new Promise((resolve) => soon(resolve));

let gc;

/** Collects garbage, and lets finalizers run. */
export async function collect() {
  setFlagsFromString('--expose-gc');
  gc ??= runInNewContext('gc');
  gc();
  await turn(); // finalizers run between two tasks of the host
  gc();
}

/** The bytes on JavaScript's heap. */
export const heapSize = () => process.memoryUsage().heapUsed;

/**
 * Why a test is left out where [need] is not to be had: false where it is. Needs are 'process', 'collect' and 'heap'.
 */
export const without = () => false;
