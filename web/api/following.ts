// SPDX-License-Identifier: MIT
// How a context follows an async function. Its code after an `await` runs in a microtask of the host's, which nothing
// of ours calls. But `await` reads `then` of what is no promise at once, where the context is known, and goes on in the
// very next microtask when that has settled: so there is one before, which enters the context, and one after, which
// leaves it. A promise's own `then` is not ours: after it the context is that of code outside the loops. Invariant: a
// context is entered only while no C runs.
import type { Then } from './awaitable.js';
import type { Context } from './contexts.js';
import type { Core } from './core.js';
import { Coroutine } from './coroutine.js';
import { Future } from './future.js';

const soon = /* @__PURE__ */ Promise.resolve();
const known = /* @__PURE__ */ new Set<WeakRef<Core>>(); // those that have contexts

// What a task of one runtime awaits may be of another: each adds what it has to enter, if anything. Most often the only
// one with contexts is that of the awaitable, [own], and following a WeakRef takes longer than all the rest.
function followedByAll(own: Core | undefined, then: Then<any>): Then<any> {
  if (known.size === 1 && own?.follow && !own.ended) return own.follow(then);
  let following = then;
  for (const each of known) {
    const core = each.deref();
    if (!core || core.ended) known.delete(each);
    else following = core.follow!(following);
  }
  return following;
}

// From the first context on `then` is a getter, which costs an `await` 25 ns, 90 where two runtimes have some.
function askForThen(type: { readonly prototype: { readonly then: Then<any> } }): void {
  const { then } = type.prototype;
  function get(this: { readonly core?: Core }): Then<any> {
    return followedByAll(this.core, then);
  }
  Object.defineProperty(type.prototype, 'then', { get, configurable: true });
}

let asked = false;

/** Makes the `then` of awaitables one that keeps the context of who awaits them, if that is this runtime's. */
export function followed(core: Core): (then: Then<any>) => Then<any> {
  if (!asked) [Future, Coroutine].forEach(askForThen);
  asked = true;
  known.add(new WeakRef(core));
  let entered: Context | undefined;

  const enter = (context: Context): (() => void) => {
    if (core.ended) return () => {};
    const outer = entered;
    const former = core.c.context_swap!(core.c.context_ref!(context.pointer));
    entered = context;
    return () => {
      entered = outer;
      if (!core.ended) core.c.context_unref!(core.c.context_swap!(former));
    };
  };

  const inside = <T>(context: Context, call: () => T): T => {
    const leave = enter(context);
    try {
      return call();
    } finally {
      leave();
    }
  };

  const following = (context: Context, settle: unknown) => {
    if (typeof settle !== 'function') return settle as undefined;
    return (outcome: unknown) => {
      let leave: () => void;
      soon.then(() => (leave = enter(context)));
      const result: unknown = inside(context, () => settle(outcome));
      soon.then(() => leave());
      return result;
    };
  };

  // Outside tasks and callbacks only what was entered here can be known.
  const here = (): Context | undefined => {
    const task = core.c.current_task!();
    return task ? core.contextOf(task) : entered;
  };

  return (then) => {
    const context = here();
    if (!context) return then;
    return function (this: unknown, fulfilled?: unknown, rejected?: unknown): Promise<any> {
      return inside(context, () => then.call(this, following(context, fulfilled), following(context, rejected)));
    };
  };
}
