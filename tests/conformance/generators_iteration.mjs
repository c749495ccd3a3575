// SPDX-License-Identifier: MIT
// What gives one thing after another, in JavaScript's generators: as_completed in both ways, and asynchronous
// generators.
import { StopAsyncIteration } from '../../build/api/index.js';
import { ASKS, answer } from './async_generators.mjs';
import { givenFailure, limit } from './javascript_run.mjs';
import { show } from './show.mjs';

const END = Symbol('end');

function* failing(me, op, wait) {
  try {
    return yield* wait;
  } catch (failure) {
    me.event(op, show(failure));
    throw failure;
  }
}

// The generator of the operation's slot is asked.
const asking = (ask) =>
  function* (me, op) {
    const generator = me.run.generators[op.slot];
    if (generator === null) return me.event(op, 'empty');
    yield* failing(me, op, ask(me, op, generator));
  };

const promised = asking(function* (me, op, generator) {
  me.event(op, answer(yield ASKS[op.op](generator, op)));
});

// What as_completed gave; null at the end.
function* nextGiven(me, op, all, futures) {
  if (op.flag) {
    const future = yield* me.run.asyncio.anext(futures, null);
    return future && me.run.label(future);
  }
  const { done, value } = all.next();
  return done ? null : show(yield* value);
}

export const WAITING_ITERATION = {
  anext: asking(function* (me, op, generator) {
    const value = yield* me.run.asyncio.anext(generator, END);
    me.event(op, value === END ? show(new StopAsyncIteration('')) : `ok ${show(value)}`);
  }),
  asend: promised,
  athrow: promised,
  aclose: promised,

  iterate: asking(function* (me, op, generator) {
    for (;;) {
      const value = yield* me.run.asyncio.anext(generator, END);
      if (value === END) return me.event(op, 'ok');
      me.event(op, `gave ${value}`);
    }
  }),

  *shutdown_asyncgens(me, op) {
    yield* failing(me, op, me.run.loop.shutdown_asyncgens());
    me.event(op, 'ok None');
  },

  *as_completed(me, op) {
    const all = me.run.asyncio.as_completed(me.run.items(op), { timeout: limit(op.number) });
    const futures = all[Symbol.asyncIterator]();
    for (;;) {
      let given;
      try {
        given = yield* nextGiven(me, op, all, futures);
      } catch (failure) {
        given = givenFailure(me, op, failure);
      }
      if (given === null) return me.event(op, 'ok');
      me.event(op, `gave ${given}`);
    }
  },
};
