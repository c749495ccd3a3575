// SPDX-License-Identifier: MIT
// Bodies as JavaScript's asynchronous generators, for both drivers: how one runs, and what may be asked of it. Its
// inside is an async function's. Python throws GeneratorExit in at the yield of a generator that is closed, JavaScript
// runs its finally blocks: a handler for everything is such a block here.
import { block } from './async_functions.mjs';
import { catches, error } from './javascript_run.mjs';
import { CATCHES } from './operations.mjs';
import { show } from './show.mjs';

const EVERYTHING = CATCHES.indexOf('BaseException');

class GeneratorExit extends Error {
  name = 'GeneratorExit';
}

// An except block.
export async function handled(me, op, failure) {
  me.event(op, `caught ${show(failure)}`);
  me.handling.push(failure);
  try {
    return await block(me, op.blocks[1]);
  } finally {
    me.handling.pop();
  }
}

// It is closed at this yield.
async function closed(me, op) {
  const exit = new GeneratorExit();
  me.event(op, show(exit));
  try {
    const returned = op.blocks.length > 0 && op.flag === EVERYTHING ? await handled(me, op, exit) : undefined;
    me.run.trace(`${me.name} ${returned ? 'returns None' : `raises ${show(exit)}`}`);
  } catch (failure) {
    if (failure !== exit) throw failure;
    me.run.trace(`${me.name} raises ${show(exit)}`);
  }
}

async function* yielded(me, op) {
  let goesOn = false;
  try {
    let value;
    try {
      value = yield op.number;
      goesOn = true;
    } catch (failure) {
      goesOn = true;
      me.event(op, show(failure));
      throw failure;
    }
    me.event(op, `ok ${show(value)}`);
    return op.blocks.length > 0 ? await block(me, op.blocks[0]) : undefined;
  } catch (failure) {
    if (me.run.dead || op.blocks.length === 0 || !catches(op.flag, failure)) throw failure;
    return await handled(me, op, failure);
  } finally {
    if (!goesOn && !me.run.dead) await closed(me, op);
  }
}

async function* generated(run, index) {
  if (run.dead) return;
  const me = run.begin(index, 'g');
  try {
    for (const op of run.program.bodies[index]) {
      const yields = op.op === 'yield' || op.op === 'yield_try';
      const returned = yields ? yield* yielded(me, op) : await block(me, [op]);
      if (run.dead) return;
      if (returned) break;
    }
  } catch (failure) {
    run.trace(`${me.name} raises ${show(failure)}`);
    throw failure;
  }
  run.trace(`${me.name} returns None`);
}

const END = Symbol('end');

// Promises of what comes of it.
export const ASKS = {
  anext: async (generator, op, { anext }) => {
    const value = await anext(generator, END);
    return { done: value === END, value };
  },
  asend: (generator, op) => generator.next(op.number),
  athrow: (generator, op) => generator.throw(error(op)),
  aclose: async (generator) => {
    await generator.return();
    return {};
  },
};

export const answer = ({ done, value }) => (done ? 'StopAsyncIteration()' : `ok ${show(value)}`);

const notHere = (me, op) => me.event(op, 'not here');

export const PLAIN_GENERATORS = {
  generate(me, op) {
    const { run } = me;
    if (!run.room()) return me.event(op, 'full');
    run.generators[op.slot] = generated(run, -1 - op.items[0]);
    me.event(op, 'ok');
  },
  yield: notHere,
  yield_try: notHere,
};
