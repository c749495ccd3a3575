// SPDX-License-Identifier: MIT
// How bodies begin.
import { CHANGES, notifying, putting } from './changes.mjs';
import { anyWait, made, operation, themeChange, themeWait } from './maker.mjs';
import { CATCHES } from './operations.mjs';
import { primitiveOf } from './operations_locks.mjs';
import { GENERATOR_SHAPES } from './shapes_generators.mjs';

const CANCELLED = CATCHES.indexOf('CancelledError');
const SHARES = [
  ['none', 4],
  ['stubborn', 3],
  ['failing', 1.5],
  ['limited', 1],
  ['waiting', 1.5],
  ['removing', 0.7],
  ['shielding', 0.7],
  ['insisting', 0.7],
  ['cancelling', 2],
  ['harassing', 1.5],
  ['resting', 4.2],
  ['taking_back', 1.5],
  ['gathering', 2],
];

// Instead of those, where a program has the theme.
const THEME_SHARES = [
  ['resting', 5],
  ['resting_twice', 2],
  ['waiting_here', 3],
  ['limiting', 5],
  ['harassing', 2],
  ['handing_over', 12, 'things'],
  ['limiting', 24, 'conditions'],
  ['resting', 11, 'conditions'],
  ['resting', 6, 'locks'],
  ['resting', 13, 'queues'],
  ['resting', 3, 'semaphores'],
  ['resting', 6, 'barriers'],
  ['failing', 7, 'completions'],
  ['reacquiring', 9, 'conditions'],
  ['limiting', 5, 'queues'],
  ['holding', 3, 'locks'],
  ['taking', 3, 'semaphores'],
  ['handing_over', 8, 'semaphores'],
  ['handing_over', 8, 'queues'],
  ['conditional', 9, 'conditions'],
  ['notifying', 12, 'conditions'],
  ['keeping', 4, 'conditions'],
  ['meeting', 4, 'barriers'],
  ['handing_over', 10, 'barriers'],
  ['ordering', 4, 'queues'],
  ['consuming', 3, 'queues'],
  ['producing', 3, 'queues'],
  ['closing', 4, 'queues'],
  ['hurrying', 4, 'timeouts'],
  ['grouping', 7, 'groups'],
  ['failing', 3, 'groups'],
  ['remembering', 3, 'contexts'],
  ['starting', 3, 'eager'],
  ['yielding', 14, 'generators'],
  ['asking', 10, 'generators'],
  ['giving_up', 20, 'generators'],
  ['resting', 6, 'generators'],
];
// The last of [ops] is a wait: what it takes to have it wait, most of the time. That for a condition needs its lock,
// one for room a full queue, and a lock that one has already will not come.
function held(maker, ops) {
  const { op, slot } = ops.at(-1);
  if (maker.chance(0.15)) return ops;
  if (op.startsWith('condition_wait')) return [made('with_condition', { slot, blocks: [ops] })];
  if (op === 'lock_acquire' || op === 'condition_acquire') return [made(op, { slot }), ...ops];
  if (op === 'queue_put') return [made('put_nowait', { slot }), made('put_nowait', { slot, number: 2 }), ...ops];
  return op === 'queue_join' ? [made('put_nowait', { slot, number: 3 }), ...ops] : ops;
}

// A slot that main has filled.
const likelyTask = (maker) => (maker.chance(0.85) ? 2 * maker.int(1, maker.slots_.bodies - 1) : maker.task());

// Conditions have so many waits that those for them alone are chosen more often.
function likelyWait(maker) {
  if (maker.themes.has('conditions') && maker.chance(0.6)) {
    const often = ['condition_wait_for', 'condition_wait_for', 'condition_acquire', 'condition_acquire'];
    const op = maker.random.pick(['condition_wait', ...often]);
    return made(op, { slot: maker.thing('condition'), flag: maker.thing('event') });
  }
  return themeWait(maker) ?? made('sleep', { number: 3 });
}

// Plain futures keep wait() and gather() waiting longer than what chance gives them.
function likelyPlainWait(maker) {
  if (maker.chance(0.75)) return anyWait(maker);
  const items = [maker.future(), ...maker.slots(1)];
  if (maker.chance(0.4)) return made('gather', { items, flag: maker.int(0, 1) });
  return made('wait', { items, number: maker.random.pick([Infinity, 3]) });
}

// The limit around what is inside [op], if that is a block.
const limitedInside = (op, limited) =>
  op.op === 'with_condition' ? { ...op, blocks: [[limited(op.blocks[0])]] } : limited([op]);

const SCOPE_THEMES = { hurrying: 'timeouts', grouping: 'groups' };

// What chance alone would seldom put together, at the start of a body: one that resists cancellation, one that fails...
const SHAPES = {
  none: () => [],

  stubborn(maker) {
    const cleanup = maker.chance(0.5) ? [made('sleep', { number: maker.delay() })] : [];
    const ends = maker.random.weighted([
      [[made('return', { number: maker.int(1, 9) })], 3],
      [[made('uncancel_self'), made('cancelling_self')], 3],
      [[made('raise', { flag: maker.kind(), text: maker.words() })], 1],
      [[], 2],
    ]);
    const waits = maker.chance(0.7) ? made('sleep', { number: maker.int(1, 3) }) : operation(maker);
    return [made('try_except', { flag: CANCELLED, blocks: [[waits], [...cleanup, ...ends]] })];
  },

  failing: (maker) => [
    made('sleep', { number: maker.delay() }),
    made('raise', { flag: maker.kind(), text: maker.words() }),
  ],

  // Asks for its own cancellation and takes that back, all of it or not.
  taking_back(maker) {
    const some = (op) => Array.from({ length: maker.random.pick([1, 1, 2]) }, () => made(op));
    return [...some('cancel_self'), ...some('uncancel_self'), made('sleep', { number: maker.int(0, 1) })];
  },

  limited: (maker) => [made('wait_for', { items: [maker.chance(0.5) ? maker.future() : maker.item()], number: 1 })],

  waiting(maker) {
    const fields = { flag: maker.int(0, 2), number: maker.random.pick([Infinity, Infinity, 1, 2, 3]) };
    const items = maker.slots(3);
    if (maker.chance(0.5)) return [made('wait', { items, ...fields })];
    const slot = maker.future();
    const failed = maker.chance(0.5)
      ? made('set_exception', { slot, flag: maker.kind(), text: maker.words() })
      : made('cancel', { slot, text: maker.message() });
    return [failed, made('wait', { items: [failed.slot, ...items], ...fields })];
  },

  gathering(maker) {
    const items = Array.from({ length: maker.int(2, 3) }, () => maker.body() ?? maker.awaitable());
    return [made('gather', { items, flag: Number(maker.chance(0.7)) })];
  },

  removing(maker) {
    const added = maker.add();
    if (!added) return [];
    const again = maker.chance(0.6) ? [made('add_callback', { ...added })] : [];
    const soon = { slot: maker.handle(), items: [...added.items] };
    const handle = maker.chance(0.5) ? [made('call_soon', soon), made('cancel_handle', { slot: soon.slot })] : [];
    return [made('add_callback', added), ...again, made('remove_callback', { ...added }), ...handle];
  },

  shielding(maker) {
    const shield = made('make_shield', maker.outer([maker.item()]));
    const cancel = made('cancel', { slot: shield.slot, text: maker.message() });
    return [shield, ...(maker.chance(0.5) ? [made('sleep', { number: maker.int(0, 1) })] : []), cancel];
  },

  insisting(maker) {
    const cancel = (slot) => made('cancel', { slot, text: maker.message() });
    const spawned = maker.chance(0.5) ? maker.spawned() : null;
    const slot = spawned ? spawned.slot : maker.task();
    const before = spawned ? made('spawn', spawned) : made('sleep', { number: maker.int(0, 2) });
    return [before, cancel(slot), cancel(slot)];
  },

  cancelling: (maker) => [
    made('sleep', { number: maker.int(0, 2) }),
    ...Array.from({ length: maker.int(1, 2) }, () =>
      made('cancel', { slot: maker.chance(0.3) ? maker.any() : maker.task(), text: maker.message() }),
    ),
  ],

  // Cancels the same task again when it has begun to clean up.
  harassing(maker) {
    const slot = likelyTask(maker);
    const cancel = () => [
      made('sleep', { number: maker.int(0, 1) }),
      made('cancel', { slot, text: maker.message() }),
    ];
    return [...cancel(), ...cancel(), ...(maker.chance(0.5) ? cancel() : [])];
  },

  // Now and then does what others wait for, or cancels them.
  disturbing(maker) {
    const slot = likelyTask(maker);
    const cancel = () => made('cancel', { slot: maker.chance(0.7) ? slot : likelyTask(maker), text: maker.message() });
    const change = () => (maker.chance(0.45) ? cancel() : notifying(themeChange(maker) ?? cancel()));
    const step = () => [
      made('sleep', { number: maker.int(0, 1) }),
      ...Array.from({ length: maker.int(1, 2) }, change),
    ];
    return Array.from({ length: maker.int(2, 4) }, step).flat();
  },

  // Waits in its cleanup.
  resting(maker) {
    const inside = maker.inside();
    const wait = () => (maker.themes.size > 0 ? likelyWait(inside) : likelyPlainWait(inside));
    const scopes = ['hurrying', 'grouping'].filter((name) => maker.themes.has(SCOPE_THEMES[name]));
    const scope = scopes.length > 0 && maker.chance(0.4) ? SHAPES[maker.random.pick(scopes)](inside) : null;
    const first = maker.chance(0.6) ? made('sleep', { number: maker.int(1, 2) }) : wait();
    const cancel = maker.chance(0.55) ? [made('cancel_self', { text: maker.message() })] : [];
    const blocks = [[first], scope ?? held(maker, [...cancel, wait()])];
    return [maker.chance(0.5) ? made('try_finally', { blocks }) : made('try_except', { flag: CANCELLED, blocks })];
  },

  // Has a condition's lock already when it wants it in its cleanup.
  reacquiring() {
    const acquire = () => made('condition_acquire', { slot: 0 });
    return [made('try_finally', { blocks: [[acquire(), made('sleep', { number: 1 })], [acquire(), made('sleep')]] })];
  },

  resting_twice: (maker) => [...SHAPES.resting(maker), ...SHAPES.resting(maker)],

  waiting_here: (maker) => held(maker, [themeWait(maker) ?? operation(maker)]),

  limiting(maker) {
    const item = maker.primitive();
    const number = maker.random.pick([0, 1, 1, 2]);
    if (item !== null && maker.chance(0.5)) return [made('wait_for', { items: [item], number })];
    const wait = likelyWait(maker.inside());
    const limited = (ops) => made('timeout', { flag: maker.int(0, 1), number, blocks: [ops] });
    const all = held(maker, [wait]);
    return maker.chance(0.5) ? [limited(all)] : [...all.slice(0, -1), limitedInside(all.at(-1), limited)];
  },

  // Several wait for the same, one of them goes on, and it or another is cancelled at that moment.
  handing_over(maker) {
    const primitive = maker.primitive();
    if (primitive === null) return [];
    const { op, number: slot } = primitiveOf(primitive);
    const slots = maker.tasks(maker.int(2, 3));
    const [before, change] = CHANGES[op](maker, slot);
    const cancelled = maker.chance(0.75) ? slots[0] : maker.random.pick(slots);
    const then = maker.chance(0.65) ? [made('cancel', { slot: cancelled, text: maker.message() })] : [];
    const look = () => (maker.chance(0.5) ? [made('look_things')] : []);
    return [
      ...before,
      ...slots.map((task) => made('spawn', { slot: task, items: [primitive] })),
      made('sleep', { number: maker.int(0, 1) }),
      ...(maker.chance(0.7) ? [...change, ...then] : [...then, ...change]),
      ...(maker.chance(0.3) ? change : []),
      ...look(),
      made('sleep', { number: maker.int(0, 1) }),
      made('look_things'),
    ];
  },

  holding(maker) {
    const slot = maker.thing('lock');
    const inside = made('sleep', { number: maker.int(0, 2) });
    if (maker.chance(0.5)) return [made('with_lock', { slot, blocks: [[inside]] })];
    return [made('lock_acquire', { slot }), inside, made('lock_release', { slot })];
  },

  taking(maker) {
    const slot = maker.thing('semaphore');
    return [made('with_semaphore', { slot, blocks: [[made('sleep', { number: maker.int(0, 2) })]] })];
  },

  conditional(maker) {
    const slot = maker.chance(0.8) ? 0 : 1;
    const wait = maker.chance(0.6) ? 'condition_wait' : 'condition_wait_for';
    const waits = [made(wait, { slot, flag: maker.thing('event') })];
    const inside = maker.chance(0.3) ? [made('try_finally', { blocks: [waits, [{ ...waits[0] }]] })] : waits;
    return [made('with_condition', { slot, blocks: [inside] })];
  },

  keeping(maker) {
    const slot = maker.chance(0.8) ? 0 : 1;
    return [made('with_condition', { slot, blocks: [[made('sleep', { number: maker.int(1, 2) })]] })];
  },

  notifying(maker) {
    const slot = maker.chance(0.8) ? 0 : 1;
    const notify = maker.chance(0.7)
      ? made('condition_notify', { slot, number: maker.random.pick([1, 1, 2]) })
      : made('condition_notify_all', { slot });
    const set = maker.chance(0.5) ? [made('event_set', { slot: maker.thing('event') })] : [];
    const last = maker.slots_.bodies - 1; // it waits
    const instance = () => made('spawn', { slot: 2 * last + maker.int(0, 1), items: [-1 - last] });
    const waiters = maker.rank === last ? [] : Array.from({ length: maker.random.pick([0, 2, 3]) }, instance);
    const waiter = waiters[0]?.slot ?? likelyTask(maker);
    const cancel = maker.chance(0.6) ? [made('cancel', { slot: waiter, text: maker.message() })] : [];
    const keep = maker.chance(0.5) ? [made('sleep', { number: maker.int(0, 1) })] : [];
    const ops = [...set, notify, ...keep, ...cancel, ...keep];
    return [
      ...waiters,
      made('sleep', { number: maker.int(0, 2) }),
      made('with_condition', { slot, blocks: [ops] }),
    ];
  },

  closing: (maker) => [
    made('sleep', { number: maker.int(0, 2) }),
    made('queue_shutdown', { slot: maker.thing('queue'), flag: maker.int(0, 1) }),
  ],

  meeting: (maker) => [made('sleep', { number: maker.int(0, 2) }), made('barrier_wait', { slot: 0 })],

  consuming(maker) {
    const slot = maker.thing('queue');
    const done = maker.chance(0.7) ? [made('task_done', { slot })] : [];
    return [made('repeat', { number: maker.int(2, 3), blocks: [[made('queue_get', { slot }), ...done]] })];
  },

  producing(maker) {
    const slot = maker.thing('queue');
    const put = () => made('queue_put', { slot, number: maker.int(1, 9), flag: maker.int(0, 1) });
    const joins = maker.chance(0.5) ? [made('queue_join', { slot })] : [];
    return [...Array.from({ length: maker.int(1, 4) }, put), ...joins];
  },

  // Items of equal priorities, and others, come out again in their order.
  ordering(maker) {
    const slot = maker.chance(0.7) ? 1 : maker.thing('queue');
    const puts = putting(maker, slot, maker.int(2, 3)).map((put) => ({ ...put, flag: maker.int(0, 1) }));
    return [...puts, ...puts.map(() => made('get_nowait', { slot }))];
  },

  hurrying(maker) {
    const slot = maker.thing('timeout');
    const fields = { slot, flag: maker.int(0, 1), number: maker.random.pick([0, 1, 1, 2]) };
    const inside = maker.chance(0.4) ? SHAPES.stubborn(maker.inside()) : [made('sleep', { number: maker.int(1, 3) })];
    const move = maker.chance(0.3) ? [made('reschedule', { slot, number: maker.timeout() })] : [];
    return [made('timeout', { ...fields, blocks: [[...move, ...inside]] })];
  },

  grouping(maker) {
    const slot = maker.rank;
    const asked = made('try_except', { flag: CANCELLED, blocks: [[made('cancel_self'), made('sleep')], []] });
    const fails = made('raise', { flag: maker.kind(), text: maker.words() });
    const others = maker.chance(0.3) ? [asked, maker.random.pick([fails, made('sleep', { number: 2 })])] : [];
    const group = made('group', { slot, blocks: [[...maker.groupBlock(slot), ...others]] });
    const rest = made('sleep', { number: maker.int(0, 1) });
    if (others.length > 0 || maker.chance(0.4))
      return [made('try_except', { flag: CATCHES.indexOf('Exception'), blocks: [[group], [rest]] }), { ...rest }];
    return maker.chance(0.3) ? [made('try_finally', { blocks: [[made('sleep', { number: 1 })], [group]] })] : [group];
  },

  remembering(maker) {
    const slot = maker.thing('variable');
    const token = maker.thing('token');
    const set = made('var_set', { slot, flag: token, number: maker.int(1, 9) });
    const reset = maker.chance(0.5) ? [made('var_reset', { slot, flag: token })] : [];
    return [set, operation(maker), made('var_get', { slot }), ...reset, made('var_get', { slot })];
  },

  ...GENERATOR_SHAPES,

  starting(maker) {
    const spawned = maker.spawned();
    if (!spawned) return [made('current')];
    if (maker.chance(0.5)) return [made('spawn_eager', spawned), made('current')];
    const items = [...spawned.items, maker.body()];
    return [made('task_factory', { flag: 1 }), made('gather', { items, flag: maker.int(0, 1) }), made('current')];
  },
};

export function shape(maker) {
  const themes = THEME_SHARES.filter(([, , theme]) => !theme || maker.themes.has(theme));
  if (maker.themes.has('conditions') && maker.body() === null) return SHAPES.conditional(maker);
  if (maker.themes.has('generators') && maker.body() === null)
    return SHAPES[maker.chance(0.6) ? 'closing_slowly' : 'yielding'](maker);
  if (maker.themes.has('conditions') && maker.rank === 0 && maker.chance(0.3)) return SHAPES.notifying(maker);
  const themed = maker.themes.size > 0 && maker.chance(maker.rank === 0 ? 0.7 : 0.75);
  if (themed && maker.rank === 0 && maker.chance(0.7))
    return SHAPES[maker.chance(0.6) ? 'disturbing' : 'harassing'](maker);
  return SHAPES[maker.random.weighted(themed ? themes : SHARES)](maker);
}

// How some bodies end that have come so far: what is cancelled in its cleanup, or has no more time, is rarest.
export const ending = (maker) =>
  maker.chance(0.4) ? SHAPES[maker.chance(0.6) ? 'resting' : 'limiting'](maker) : [];
