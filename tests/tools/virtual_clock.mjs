// SPDX-License-Identifier: MIT
import { forget, soon } from './host.mjs';

// A clock for create_runtime() that jumps to the next deadline when everything waits: no test sleeps.
export class VirtualClock {
  #now = 0;
  #armed;

  now() {
    return this.#now;
  }

  wake_at(when, wake) {
    forget(this.#armed);
    if (when === Infinity) return;
    this.#armed = soon(() => {
      this.#now = Math.max(this.#now, when);
      wake();
    });
  }
}
