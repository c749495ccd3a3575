// SPDX-License-Identifier: MIT
// Locks, queues, timeouts and groups in async functions: the operations that may suspend.
import { RuntimeError } from '../../build/api/index.js';
import { block, outcome } from './async_functions.mjs';
import { limit } from './javascript_run.mjs';
import { boolean, refused, show } from './show.mjs';

const waiting = (things, method) => (me, op) => outcome(me, op, () => me.run.things[things][op.slot][method]());

function leave(me, op, thing) {
  const left = refused(() => thing.release());
  me.event(op, `left ${left}`);
  if (left !== 'ok') throw new RuntimeError('It was released before');
}

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
    me.event(op, `${show(failure)}${words()}`);
    throw failure;
  }
  me.event(op, `ok${words()}`);
  return returned;
}

export const WAITING_THINGS = {
  lock_acquire: waiting('locks', 'acquire'),
  with_lock: within('locks'),
  event_wait: waiting('events', 'wait'),
  with_condition: within('conditions'),
  condition_wait: waiting('conditions', 'wait'),
  semaphore_acquire: waiting('semaphores', 'acquire'),
  with_semaphore: within('semaphores'),
  barrier_wait: waiting('barriers', 'wait'),
  barrier_reset: waiting('barriers', 'reset'),
  barrier_abort: waiting('barriers', 'abort'),
  queue_get: waiting('queues', 'get'),
  queue_join: waiting('queues', 'join'),
  queue_put: (me, op) => outcome(me, op, () => me.run.things.put(op, 'put')),

  condition_wait_for(me, op) {
    const { conditions, events } = me.run.things;
    const isSet = () => {
      const set = events[op.flag].is_set();
      me.event(op, `asks ${boolean(set)}`);
      return set;
    };
    return outcome(me, op, () => conditions[op.slot].wait_for(isSet));
  },

  timeout(me, op) {
    const { asyncio, loop, things } = me.run;
    const absolute = op.flag && op.number !== Infinity;
    const scope = absolute ? asyncio.timeout_at(loop.time() + op.number) : asyncio.timeout(limit(op.number));
    things.timeouts[op.slot] = scope;
    return inScope(me, op, scope, () => ` expired ${boolean(scope.expired())}`);
  },

  group(me, op) {
    const group = new me.run.asyncio.TaskGroup();
    me.run.things.groups[op.slot] = group;
    return inScope(me, op, group);
  },
};
