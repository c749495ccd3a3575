// SPDX-License-Identifier: MIT
// What the tests of the JavaScript package share: a runtime whose time passes only when everything waits.
import { create_runtime } from '../../../build/api/index.js';

export * from '../../../build/api/index.js';

class VirtualClock {
  #now = 0;
  #armed;

  now() {
    return this.#now;
  }

  wake_at(when, wake) {
    clearImmediate(this.#armed);
    if (when === Infinity) return;
    this.#armed = setImmediate(() => {
      this.#now = Math.max(this.#now, when);
      wake();
    });
  }
}

// A runtime of its own for each test file: no state is shared, no test sleeps.
export const virtual = () => create_runtime({ clock: new VirtualClock() });

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
