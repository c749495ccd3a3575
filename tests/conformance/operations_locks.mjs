// SPDX-License-Identifier: MIT
// Locks, events, conditions, semaphores, barriers and queues: the operations, in the words of operations.mjs. `slot` is
// the number of the lock, and so on. There are several of each (THINGS); semaphores, barriers and queues have sizes
// that the program says.
import { anywhere, block, suspends, themed, thing } from './describe.mjs';

const ACQUIRES = ['ok', 'cancelled', 'cleanup', 'timeout'];
const MAY_FAIL = [...ACQUIRES, 'error'];
const OK_OR_ERROR = ['ok', 'error'];

// One method: its name in Python is JavaScript's too. [things] is the array that the sources have.
const wait = (things, method, prefix, args = '') => ({
  python: `await ${things}[{n}].${method}(${args})`,
  js: `yield* ${things}[{n}].${method}(${args});`,
  c: `ASYNCIO_TRY(asyncio_${prefix}(&${things}[{n}]${args && `, ${args}`}));`,
});
const call = (things, method, prefix, args = '', inC = args) => ({
  python: `${things}[{n}].${method}(${args})`,
  js: `${things}[{n}].${method}(${args});`,
  c: `asyncio_${prefix}(&${things}[{n}]${inC && `, ${inC}`});`,
});

const within = (kind) => block(10, (m) => ({ slot: m.thing(kind), blocks: [m.block()] }));

const locks = {
  lock_acquire: suspends(16, thing('lock'), ACQUIRES, wait('locks', 'acquire', 'lock_acquire')),
  lock_release: anywhere(16, thing('lock'), call('locks', 'release', 'lock_release'), OK_OR_ERROR),
  with_lock: within('lock'),
};

const events = {
  event_wait: suspends(18, thing('event'), ACQUIRES, wait('events', 'wait', 'event_wait')),
  event_set: anywhere(14, thing('event'), call('events', 'set', 'event_set')),
  event_clear: anywhere(14, thing('event'), call('events', 'clear', 'event_clear')),
};

const conditions = {
  with_condition: { ...within('condition'), weight: 20 },
  condition_acquire: suspends(22, thing('condition'), ACQUIRES, wait('conditions', 'acquire', 'condition_acquire')),
  condition_release: anywhere(10, thing('condition'), call('conditions', 'release', 'condition_release'), OK_OR_ERROR),
  condition_wait: suspends(20, thing('condition'), MAY_FAIL, wait('conditions', 'wait', 'condition_wait')),
  condition_wait_for: suspends(20, (m) => ({ slot: m.thing('condition'), flag: m.thing('event') }), MAY_FAIL, {
    python: 'await conditions[{n}].wait_for(events[{flag}].is_set)',
    js: 'yield* conditions[{n}].wait_for(() => events[{flag}].is_set());',
    c: 'ASYNCIO_TRY(asyncio_condition_wait_for(&conditions[{n}], event_is_set, &events[{flag}]));',
  }),
  condition_notify: anywhere(
    18,
    (m) => ({ slot: m.thing('condition'), number: m.int(0, 2) }),
    call('conditions', 'notify', 'condition_notify', '{number}'),
    OK_OR_ERROR,
  ),
  condition_notify_all: anywhere(
    10,
    thing('condition'),
    call('conditions', 'notify_all', 'condition_notify_all'),
    OK_OR_ERROR,
  ),
  event_toggle: anywhere(12, thing('event'), {
    python: 'events[{n}].clear() if events[{n}].is_set() else events[{n}].set()',
    js: 'events[{n}].is_set() ? events[{n}].clear() : events[{n}].set();',
    c: '(asyncio_event_is_set(&events[{n}]) ? asyncio_event_clear : asyncio_event_set)(&events[{n}]);',
  }),
};

const semaphores = {
  semaphore_acquire: suspends(18, thing('semaphore'), ACQUIRES, wait('semaphores', 'acquire', 'semaphore_acquire')),
  semaphore_release: anywhere(18, thing('semaphore'), call('semaphores', 'release', 'semaphore_release'), OK_OR_ERROR),
  with_semaphore: within('semaphore'),
};

const barriers = {
  barrier_wait: suspends(40, thing('barrier'), MAY_FAIL, wait('barriers', 'wait', 'barrier_wait')),
  // These two wait for the barrier's lock alone, which others hold for an instant: to be cancelled there is too rare.
  barrier_reset: suspends(8, thing('barrier'), ['ok'], wait('barriers', 'reset', 'barrier_reset')),
  barrier_abort: suspends(5, thing('barrier'), ['ok'], wait('barriers', 'abort', 'barrier_abort')),
};

const item = (m) => ({ slot: m.thing('queue'), number: m.int(1, 9), flag: m.int(0, 2) });

const queues = {
  queue_put: suspends(24, item, MAY_FAIL, {
    ...wait('queues', 'put', 'queue_put', '{number}'),
    c: 'ASYNCIO_TRY(asyncio_queue_put(&queues[{n}], asyncio_int({number})));',
  }),
  queue_get: suspends(26, thing('queue'), MAY_FAIL, {
    ...wait('queues', 'get', 'queue_get'),
    c: 'ASYNCIO_TRY(asyncio_queue_get(&queues[{n}], &value));',
  }),
  queue_join: suspends(22, thing('queue'), ACQUIRES, wait('queues', 'join', 'queue_join')),
  put_nowait: anywhere(
    12,
    item,
    call('queues', 'put_nowait', 'queue_put_nowait', '{number}', 'asyncio_int({number})'),
    OK_OR_ERROR,
  ),
  get_nowait: anywhere(
    10,
    thing('queue'),
    call('queues', 'get_nowait', 'queue_get_nowait', '', '&value'),
    OK_OR_ERROR,
  ),
  task_done: anywhere(12, thing('queue'), call('queues', 'task_done', 'queue_task_done'), OK_OR_ERROR),
  queue_shutdown: anywhere(
    4,
    (m) => ({ slot: m.thing('queue'), flag: m.int(0, 1) }),
    call('queues', 'shutdown', 'queue_shutdown', '{bool}'),
  ),
};

export const LOCKS = {
  ...themed('locks', locks),
  ...themed('events', events),
  ...themed('conditions', conditions),
  ...themed('semaphores', semaphores),
  ...themed('barriers', barriers),
  ...themed('queues', queues),
  look_things: {
    ...anywhere(6, () => ({}), {
      python: 'print(locks, events, semaphores, barriers, queues)',
      js: 'console.log(locks, events, semaphores, barriers, queues);',
      c: 'print_things();',
    }),
    theme: 'things',
  },
};

// How many there are of each.
export const THINGS = {
  lock: 2,
  event: 2,
  condition: 2, // the second shares lock 0
  semaphore: 2, // the second is bounded
  barrier: 2,
  queue: 3, // first in first out, priorities, last in first out
};

// Coroutine objects that are not bodies: what can be awaited, made a task or given to gather like one. Item
// -101 - 10 * k - n is the k-th of these for thing n.
export const PRIMITIVES = [
  ['lock', 'lock_acquire', 'acquire'],
  ['event', 'event_wait', 'wait'],
  ['condition', 'condition_wait', 'wait'],
  ['semaphore', 'semaphore_acquire', 'acquire'],
  ['barrier', 'barrier_wait', 'wait'],
  ['queue', 'queue_get', 'get'],
  ['queue', 'queue_put', 'put'],
  ['queue', 'queue_join', 'join'],
  ['condition', 'condition_acquire', 'acquire'],
];
const FIRST_PRIMITIVE = -101;

export const primitiveItem = (kind, number) => FIRST_PRIMITIVE - 10 * kind - number;

// The primitive that an item is, with its thing's number; undefined for others.
export function primitiveOf(item) {
  if (!(item <= FIRST_PRIMITIVE)) return undefined;
  const [thing_, op, method] = PRIMITIVES[Math.floor((FIRST_PRIMITIVE - item) / 10)];
  return { thing: thing_, op, method, number: (FIRST_PRIMITIVE - item) % 10 };
}
