// SPDX-License-Identifier: MIT
// What the classes have in common whose state is a struct of C's (src/web/objects.c): it is allocated with the object
// and freed when that is collected. Coroutines of C that refer to the struct hold the object (keep_owner), so that
// nobody waits in one that is gone. The embedded core has this half of C in a module apart, which the first object
// brings in: a page without such objects does not have it.
import type { BaseRuntime } from './base.js';
import { PART as COMBINATORS } from './combinators.js';
import type { Core } from './core.js';
import type { Coroutine } from './coroutine.js';
import { objects } from './embedded.js';
import { TypeError, ValueError, inspect, show } from './errors.js';
import { home } from './home.js';
import type { Part } from './instance.js';

const PART: Part = { of: objects, table: 'object_functions' };

// As src/web/objects.c numbers them.
export const KINDS = {
  event: 0,
  lock: 1,
  semaphore: 2,
  bounded_semaphore: 3,
  condition: 4,
  barrier: 5,
  queue: 6,
  lifo_queue: 7,
  priority_queue: 8,
  timeout: 9,
  task_group: 10,
  as_completed: 11,
};

const runtimes = /* @__PURE__ */ new WeakMap<object, BaseRuntime>(); // of the classes that are bound to one
const registries = /* @__PURE__ */ new WeakMap<Core, FinalizationRegistry<() => void>>();

/** `type` for the objects of `runtime`: a class of its own, whose objects are `type`'s too. */
export function boundTo<C extends abstract new (...args: any[]) => object>(runtime: BaseRuntime, type: C): C {
  const bound = class extends (type as any) {};
  Object.defineProperty(bound, 'name', { value: (type as unknown as { name: string }).name });
  // A runtime's LifoQueue is its Queue too.
  Object.defineProperty(bound, Symbol.hasInstance, {
    value(this: unknown, object: unknown) {
      if (this !== bound) return Function.prototype[Symbol.hasInstance].call(this, object);
      return object instanceof type && (object as unknown as CObject).core === runtime.core;
    },
  });
  runtimes.set(bound, runtime);
  return bound as unknown as C;
}

/** The runtime of a class; a program's own subclass is bound to what it extends. */
export function runtimeOf(type: object | null): BaseRuntime {
  for (let each = type; each; each = Object.getPrototypeOf(each)) {
    const runtime = runtimes.get(each);
    if (runtime) return runtime;
  }
  return home;
}

function freeWith(owner: object, core: Core, pointer: number, kind: number): void {
  let registry = registries.get(core);
  if (!registry) registries.set(core, (registry = new FinalizationRegistry((free) => free())));
  registry.register(owner, () => {
    if (!core.ended) core.c.object_free!(pointer, kind);
  });
}

// In a function: bundlers keep a class with such a key for its sake.
function shownBase(): new () => object {
  return class {
    [inspect](): string {
      return `${this}`;
    }
  };
}

/** What the console of Node.js shows as String() does. */
export const Shown = /* @__PURE__ */ shownBase();

/** An object with a struct of C's. */
export abstract class CObject extends Shown {
  /** @internal */ readonly runtime: BaseRuntime;
  /** @internal */ readonly pointer: number;

  /** @internal `type` is the class that is being constructed, or the runtime itself. */
  constructor(type: object, kind: number, number = 0) {
    super();
    const runtime = 'core' in type ? (type as BaseRuntime) : runtimeOf(type);
    const { core } = runtime;
    core.extend(COMBINATORS);
    core.extend(PART);
    this.runtime = runtime;
    this.pointer = core.made(core.c.object_new!(kind, number));
    freeWith(this, core, this.pointer, kind);
  }

  /** @internal */ get core(): Core {
    return this.runtime.core;
  }

  /** As asyncio shows it: its class and its state. */
  override toString(): string {
    return `<${this.constructor.name}${this.core.ended ? '' : ` ${this.state()}`}>`;
  }

  /** @internal Its state in a few words. */
  abstract state(): string;

  /** @internal A coroutine object for what `make` makes of C's. */
  coroutine<T>(make: () => number): Coroutine<T> {
    const { core } = this;
    return this.runtime.coroutine(() => core.made(core.c.keep_owner!(make(), core.bridge.handle(this))));
  }
}

const LARGEST = 2 ** 31;

/**
 * Throws for argument `name` unless `value` is an integer that an int of C holds: a TypeError for what is no number,
 * else a ValueError.
 */
export function expectInteger(name: string, value: unknown): asserts value is number {
  const expected = `Expected [${name}] to be an integer`;
  if (typeof value !== 'number') throw new TypeError(`${expected}, got ${show(value)}`);
  if (!Number.isInteger(value) || value < -LARGEST || value >= LARGEST)
    throw new ValueError(`${expected} between ${-LARGEST} and ${LARGEST - 1}, got ${value}`);
}
