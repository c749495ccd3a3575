// SPDX-License-Identifier: MIT
// Locks, queues, timeouts and groups in JavaScript's generators: the operations that may suspend.
import { block, outcome } from './generators.mjs';
import { COROUTINES, HELD, expired, leave, newGroup, newTimeout, ofEach } from './javascript_things.mjs';
import { show } from './show.mjs';

const waiting = (make) =>
  function* (me, op) {
    yield* outcome(me, op, () => make(me, op));
  };

// A block that holds something.
const within = (things) =>
  function* (me, op) {
    const thing = me.run.things[things][op.slot];
    yield* outcome(me, op, () => thing.acquire());
    try {
      return yield* block(me, op.blocks[0]);
    } finally {
      if (!me.run.dead) leave(me, op, thing);
    }
  };

// What came of a scope; its body gives what a block does.
function* inScope(me, op, scope, words = () => '') {
  let returned;
  try {
    returned = yield* scope.with(() => block(me, op.blocks[0]));
  } catch (failure) {
    me.event(op, `${show(failure)}${words(scope)}`);
    throw failure;
  }
  me.event(op, `ok${words(scope)}`);
  return returned;
}

export const WAITING_THINGS = {
  ...ofEach(COROUTINES, waiting),
  ...ofEach(HELD, within),
  timeout: (me, op) => inScope(me, op, newTimeout(me, op), expired),
  group: (me, op) => inScope(me, op, newGroup(me, op)),
};
