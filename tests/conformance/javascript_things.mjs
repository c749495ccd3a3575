// SPDX-License-Identifier: MIT
// Locks, queues, timeouts, groups and so on in JavaScript: what a program under way has of them, the operations that
// never suspend, and what those await that do.
import { RuntimeError } from '../../build/api/index.js';
import { primitiveOf } from './operations_locks.mjs';
import { boolean, refused, show } from './show.mjs';

const PUT_BY_PRIMITIVE = 7;
const PRIORITIES = 1; // the number of the queue that has them

// An item with a priority is shown as the value alone.
class Prioritized extends Array {
  toString() {
    return String(this[1]);
  }
}

const withPriority = (queue, priority, value) => (queue === PRIORITIES ? Prioritized.of(priority, value) : value);

export class Things {
  constructor(runtime, [value, bound, ...sizes]) {
    const { Barrier, BoundedSemaphore, Condition, Event, LifoQueue, Lock, PriorityQueue, Queue, Semaphore } = runtime;
    this.locks = [new Lock(), new Lock()];
    this.events = [new Event(), new Event()];
    this.conditions = [new Condition(), new Condition(this.locks[0])];
    this.semaphores = [new Semaphore(value), new BoundedSemaphore(bound)];
    this.barriers = [new Barrier(sizes[0]), new Barrier(sizes[1])];
    this.queues = [new Queue(sizes[2]), new PriorityQueue(sizes[3]), new LifoQueue(sizes[4])];
    this.timeouts = [null, null];
    this.groups = [null, null, null, null, null];
  }

  // A coroutine object of the library.
  primitive(item) {
    const { thing, method, number } = primitiveOf(item);
    const args = method === 'put' ? [withPriority(number, 0, PUT_BY_PRIMITIVE)] : [];
    return this[`${thing}s`][number][method](...args);
  }

  put(op, method) {
    return this.queues[op.slot][method](withPriority(op.slot, op.flag, op.number));
  }
}

// ---- What is awaited, for generators (generators_things.mjs) and for async functions (async_functions_things.mjs)

export const limit = (number) => (number === Infinity ? null : number);

const calls = (things, method) => (me, op) => me.run.things[things][op.slot][method]();

function waitUntilSet(me, op) {
  const { conditions, events } = me.run.things;
  return conditions[op.slot].wait_for(() => {
    const set = events[op.flag].is_set();
    me.event(op, `asks ${boolean(set)}`);
    return set;
  });
}

export const COROUTINES = {
  lock_acquire: calls('locks', 'acquire'),
  event_wait: calls('events', 'wait'),
  condition_acquire: calls('conditions', 'acquire'),
  condition_wait: calls('conditions', 'wait'),
  condition_wait_for: waitUntilSet,
  semaphore_acquire: calls('semaphores', 'acquire'),
  barrier_wait: calls('barriers', 'wait'),
  barrier_reset: calls('barriers', 'reset'),
  barrier_abort: calls('barriers', 'abort'),
  queue_get: calls('queues', 'get'),
  queue_put: (me, op) => me.run.things.put(op, 'put'),
  queue_join: calls('queues', 'join'),
};

// Blocks that hold one of these.
export const HELD = { with_lock: 'locks', with_condition: 'conditions', with_semaphore: 'semaphores' };

export function leave(me, op, thing) {
  const left = refused(() => thing.release());
  me.event(op, `left ${left}`);
  if (left !== 'ok') throw new RuntimeError('It was released before');
}

export function newTimeout(me, op) {
  const { asyncio, loop, things } = me.run;
  const absolute = op.flag && op.number !== Infinity;
  const scope = absolute ? asyncio.timeout_at(loop.time() + op.number) : asyncio.timeout(limit(op.number));
  return (things.timeouts[op.slot] = scope);
}

export const newGroup = ({ run }, { slot }) => (run.things.groups[slot] = new run.asyncio.TaskGroup());

export const expired = (scope) => ` expired ${boolean(scope.expired())}`;

// [make] of each of a table's entries.
export const ofEach = (table, make) =>
  Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, make(entry)]));

// ---- Operations that never suspend

// A call that may be refused.
const calling =
  (things, method, args = () => []) =>
  (me, op) =>
    me.event(
      op,
      refused(() => me.run.things[things][op.slot][method](...args(op))),
    );

const digit = (value) => String(Number(value));

function look({ locks, events, conditions, semaphores, barriers, queues }) {
  const locked = (all) => all.map((one) => digit(one.locked())).join('');
  const waiting = barriers.map((one) => `${one.n_waiting}${digit(one.broken)}`).join(' ');
  const held = queues.map((one) => `${one.qsize()}${digit(one.empty())}${digit(one.full())}`).join(' ');
  const set = events.map((one) => digit(one.is_set())).join('');
  return (
    `locks ${locked([...locks, ...conditions])} events ${set} ` +
    `semaphores ${locked(semaphores)} barriers ${waiting} queues ${held}`
  );
}

const moment = (run, { number }) => (number === Infinity ? null : run.loop.time() + number);

export const PLAIN_THINGS = {
  lock_release: calling('locks', 'release'),
  event_set: calling('events', 'set'),
  event_clear: calling('events', 'clear'),
  condition_release: calling('conditions', 'release'),
  condition_notify: calling('conditions', 'notify', (op) => [op.number]),
  condition_notify_all: calling('conditions', 'notify_all'),
  semaphore_release: calling('semaphores', 'release'),
  task_done: calling('queues', 'task_done'),
  queue_shutdown: calling('queues', 'shutdown', (op) => [op.flag]),

  event_toggle(me, op) {
    const event = me.run.things.events[op.slot];
    if (event.is_set()) event.clear();
    else event.set();
    me.event(op, `ok ${boolean(event.is_set())}`);
  },

  put_nowait(me, op) {
    me.event(
      op,
      refused(() => me.run.things.put(op, 'put_nowait')),
    );
  },

  get_nowait(me, op) {
    let item;
    const why = refused(() => (item = me.run.things.queues[op.slot].get_nowait()));
    me.event(op, why === 'ok' ? `ok ${show(item)}` : why);
  },

  look_things(me, op) {
    me.event(op, look(me.run.things));
  },

  reschedule(me, op) {
    const limit = me.run.things.timeouts[op.slot];
    me.event(op, limit === null ? 'empty' : refused(() => limit.reschedule(moment(me.run, op))));
  },

  look_timeout(me, op) {
    const limit = me.run.things.timeouts[op.slot];
    if (limit === null) return me.event(op, 'empty');
    const when = limit.when() === null ? 'None' : Number((limit.when() - me.run.start).toPrecision(6));
    me.event(op, `${when} ${boolean(limit.expired())}`);
  },

  group_spawn(me, op) {
    const { run } = me;
    const group = run.things.groups[op.flag];
    const coroutine = group === null ? null : run.item(op.items[0]);
    if (coroutine === null) return me.event(op, 'empty');
    const why = refused(() => (run.slots[op.slot] = group.create_task(coroutine)));
    me.event(op, why === 'ok' ? run.label(run.slots[op.slot]) : why);
  },
};
