// SPDX-License-Identifier: MIT
// What the tests of the JavaScript package share: a runtime whose time passes only when everything waits.
import { create_runtime, load } from '../../../build/api/index.js';
import { VirtualClock } from '../../tools/virtual_clock.mjs';

export { factory } from './factory.mjs';
export * from '../../../build/api/index.js';

// A runtime of its own for each test file: no state is shared, no test sleeps.
export const virtual = () => create_runtime({ clock: new VirtualClock() });

// Loads what factory() gives, with a clock of its own.
export const loadVirtual = (create, options) => load(create, { clock: new VirtualClock(), ...options });

// A list to write down what happens in.
export function tracer() {
  const lines = [];
  return Object.assign((line) => lines.push(line), { lines });
}

// What [call] throws; undefined when it does not.
export function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

// What [promise] is rejected with.
export const rejection = (promise) =>
  promise.then(
    () => undefined,
    (error) => error,
  );
