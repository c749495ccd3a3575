// SPDX-License-Identifier: MIT
// JavaScript's halves of counted things of C's that come out of C by their pointer: the same half each time, as long as
// anybody has it. Invariant: a half holds one reference, so that no other thing has its pointer meanwhile.
import type { Core } from './core.js';

/** Those of one kind. */
export class Halves<T extends object> {
  #known = new Map<number, WeakRef<T>>();
  #registry: FinalizationRegistry<[number, WeakRef<T>]>;

  /** `release` drops a reference. */
  constructor(core: Core, release: (pointer: number) => void) {
    this.#registry = new FinalizationRegistry(([pointer, half]) => {
      if (this.#known.get(pointer) === half) this.#known.delete(pointer);
      if (!core.ended) release(pointer);
    });
  }

  /** The half of what is at `pointer`. */
  get(pointer: number): T | undefined {
    return this.#known.get(pointer)?.deref();
  }

  /** Makes `half` the one of `pointer`, with a reference that it takes over. */
  add(pointer: number, half: T): void {
    const weak = new WeakRef(half);
    this.#known.set(pointer, weak);
    this.#registry.register(half, [pointer, weak]);
  }
}
