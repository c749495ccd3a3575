// SPDX-License-Identifier: MIT
// Locks, queues, timeouts and groups in async functions: the operations that may suspend.
import { block, outcome } from './async_functions.mjs';
import { COROUTINES, HELD, expired, leave, newGroup, newTimeout, ofEach } from './javascript_things.mjs';
import { show } from './show.mjs';

const waiting = (make) => (me, op) => outcome(me, op, () => make(me, op));

// A block that holds something.
const within = (things) => async (me, op) => {
  const thing = me.run.things[things][op.slot];
  await outcome(me, op, () => thing.acquire());
  try {
    return await block(me, op.blocks[0]);
  } finally {
    leave(me, op, thing);
  }
};

// What came of a scope; its body gives what a block does.
async function inScope(me, op, scope, words = () => '') {
  let returned;
  try {
    returned = await scope.with(async () => block(me, op.blocks[0]));
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
