// SPDX-License-Identifier: MIT
// Async functions as coroutines, on the loop that the host drives: the operations that may suspend, as far as quiet
// programs (quiet.mjs) have them.
import { create_runtime } from '../../build/api/index.js';
import { ASKS, PLAIN_GENERATORS, answer, handled } from './async_generators.mjs';
import { WAITING_THINGS } from './async_functions_things.mjs';
import { PLAIN, VirtualClock, catches, gathered, givenFailure, limit, runByHost } from './javascript_run.mjs';
import { WHEN } from './operations.mjs';
import { show } from './show.mjs';

const body = (run, index) => async () => runBody(run, index);

async function runBody(run, index) {
  const me = run.begin(index);
  let returned;
  try {
    returned = await block(me, run.program.bodies[index]);
  } catch (failure) {
    run.trace(`${me.name} raises ${show(failure)}`);
    throw failure;
  }
  run.trace(`${me.name} returns ${show(returned?.[0])}`);
  return returned?.[0];
}

// Undefined, or the value of a return in a list.
export async function block(me, ops) {
  for (const op of ops) {
    const wait = WAITING[op.op];
    const returned = wait ? await wait(me, op) : (PLAIN[op.op] ?? PLAIN_GENERATORS[op.op])(me, op);
    if (returned) return returned;
  }
  return undefined;
}

export async function outcome(me, op, make) {
  let value;
  try {
    value = await make();
  } catch (failure) {
    me.event(op, show(failure));
    throw failure;
  }
  me.event(op, `ok ${show(value)}`);
}

async function ask(me, op) {
  const generator = me.run.generators[op.slot];
  if (generator === null) return me.event(op, 'empty');
  let result;
  try {
    result = await ASKS[op.op](generator, op, me.run.asyncio);
  } catch (failure) {
    me.event(op, show(failure));
    throw failure;
  }
  me.event(op, answer(result));
}

// What as_completed gave, by either iteration; null at the end.
async function nextGiven(me, op, all) {
  const { done, value } = await (op.flag ? all.future.next() : all.coroutine.next());
  if (done) return null;
  return op.flag ? me.run.label(value) : show(await value);
}

const WAITING = {
  sleep: (me, op) => outcome(me, op, () => me.run.asyncio.sleep(op.number)),
  await: (me, op) => outcome(me, op, () => me.run.slots[op.slot]),
  gather: (me, op) => outcome(me, op, () => gathered(me, op)),
  shield: (me, op) => outcome(me, op, () => me.run.asyncio.shield(me.run.item(op.items[0]))),
  wait_for: (me, op) => outcome(me, op, () => me.run.asyncio.wait_for(me.run.item(op.items[0]), limit(op.number))),

  // By its form as JavaScript calls one async function from another, or as a task.
  call: (me, op) =>
    outcome(me, op, () =>
      op.form ? me.run.asyncio.create_task(me.run.item(op.items[0])) : runBody(me.run, -1 - op.items[0]),
    ),

  async wait(me, op) {
    const futures = me.run.items(op);
    let done;
    try {
      [done] = await me.run.asyncio.wait(futures, { timeout: limit(op.number), return_when: WHEN[op.flag] });
    } catch (failure) {
      me.event(op, show(failure));
      throw failure;
    }
    me.event(op, `ok ${futures.map((one) => `${me.run.label(one)}=${done.has(one) ? 'done' : 'pending'}`)}`);
  },

  ...WAITING_THINGS,

  anext: ask,
  asend: ask,
  athrow: ask,
  aclose: ask,

  async iterate(me, op) {
    const generator = me.run.generators[op.slot];
    if (generator === null) return me.event(op, 'empty');
    try {
      for await (const value of generator) me.event(op, `gave ${value}`);
    } catch (failure) {
      me.event(op, show(failure));
      throw failure;
    }
    me.event(op, 'ok');
  },

  async as_completed(me, op) {
    const items = me.run.asyncio.as_completed(me.run.items(op), { timeout: limit(op.number) });
    const all = { coroutine: items[Symbol.iterator](), future: items[Symbol.asyncIterator]() };
    for (;;) {
      let given;
      try {
        given = await nextGiven(me, op, all);
      } catch (failure) {
        given = givenFailure(me, op, failure);
      }
      if (given === null) return me.event(op, 'ok');
      me.event(op, `gave ${given}`);
    }
  },

  async try_finally(me, op) {
    let returned;
    let overruled;
    try {
      returned = await block(me, op.blocks[0]);
    } finally {
      overruled = await block(me, op.blocks[1]);
      if (overruled) return overruled; // eslint-disable-line no-unsafe-finally
    }
    return returned;
  },

  async try_except(me, op) {
    try {
      return await block(me, op.blocks[0]);
    } catch (failure) {
      if (!catches(op.flag, failure)) throw failure;
      return await handled(me, op, failure);
    }
  },
};

// A function from programs to their traces.
export function openAsyncFunctions() {
  const runtime = create_runtime({ clock: new VirtualClock() });
  return async (programs) => {
    const traces = [];
    for (const program of programs) traces.push(await runByHost(runtime, program, body));
    return traces;
  };
}
