// SPDX-License-Identifier: MIT
// Scenes that main plays: a few operations in whose outcome one mistake shows that chance alone seldom makes visible.
// Each is about one theme, or about tasks and futures.
import { CHANGES, putting } from './changes.mjs';
import { made } from './maker.mjs';
import { CATCHES } from './operations.mjs';
import { PRIMITIVES, primitiveItem } from './operations_locks.mjs';

const CANCELLED = CATCHES.indexOf('CancelledError');
const ANY = CATCHES.indexOf('Exception');
const EVERYTHING = CATCHES.indexOf('BaseException');
const METHODS = PRIMITIVES.map(([, op]) => op);

const soon = () => made('sleep', { number: 0 });
const cancel = (maker, slot) => made('cancel', { slot, text: maker.message() });
const fails = (maker, slot) => made('set_exception', { slot, flag: maker.kind(), text: maker.words() });
const waiting = (op, slot, tasks) =>
  tasks.map((task) => made('spawn', { slot: task, items: [primitiveItem(METHODS.indexOf(op), slot)] }));

const limited = (op) => made('timeout', { number: 1, blocks: [[op]] });

// [count] tasks wait by [op], then comes [change]; of [cancelled] of them nothing more is wanted.
function waited(maker, op, slot, change, { count = 2, cancelled = 0 } = {}) {
  const tasks = maker.tasks(count);
  const cancels = tasks.slice(0, cancelled).map((task) => cancel(maker, task));
  return [...waiting(op, slot, tasks), soon(), ...change, ...cancels, soon(), made('look_things'), soon()];
}

const BASE = {
  shield_cancelled(maker) {
    const slot = maker.future();
    const shield = made('make_shield', maker.outer([slot]));
    const end = maker.chance(0.5) ? fails(maker, slot) : cancel(maker, slot);
    const first = maker.chance(0.7) ? [cancel(maker, shield.slot), soon()] : [];
    return [made('future', { slot }), shield, ...first, end, soon(), made('look', { slot: shield.slot })];
  },

  wait_with_ended(maker) {
    const slot = maker.future();
    const end = maker.chance(0.5) ? fails(maker, slot) : cancel(maker, slot);
    const other = maker.slots_.futures + ((slot - maker.slots_.futures + 1) % 3);
    const fields = { items: [slot, other], flag: maker.int(0, 2), number: 1 };
    return [...[slot, other].map((one) => made('future', { slot: one })), end, made('wait', fields)];
  },

  counted(maker) {
    const spawned = maker.spawned();
    return spawned ? [made('spawn', spawned), made('count_tasks'), soon(), made('count_tasks')] : [];
  },

  callbacks_twice(maker) {
    const callback = maker.callback();
    const slot = maker.future();
    const fields = { slot, items: [callback] };
    if (callback === null) return [];
    const added = Array.from({ length: maker.int(2, 3) }, () => made('add_callback', fields));
    return [made('future', { slot }), ...added, made('remove_callback', fields), made('set_result', { slot }), soon()];
  },
};

// As others do what lets one of them go on, and another comes.
function handedOver(maker, op, thing) {
  const slot = maker.thing(thing);
  const [before, change] = CHANGES[op](maker, slot);
  const first = before.map((one) => (one.op.endsWith('_acquire') ? limited(one) : one));
  return [...first, ...waited(maker, op, slot, change, { count: maker.int(2, 3), cancelled: maker.int(0, 1) })];
}

const THEMES = {
  locks: (maker) => handedOver(maker, 'lock_acquire', 'lock'),
  events: (maker) => handedOver(maker, 'event_wait', 'event'),

  conditions(maker) {
    const slot = maker.thing('condition');
    const wait = limited(made('condition_wait_for', { slot, flag: maker.thing('event') }));
    if (maker.chance(0.3)) return [made('with_condition', { slot, blocks: [[wait]] })];
    return handedOver(maker, maker.random.pick(['condition_wait', 'condition_acquire']), 'condition');
  },

  semaphores: (maker) => handedOver(maker, 'semaphore_acquire', 'semaphore'),

  // Some that have ended, in any order, and one that does not or a body.
  completions(maker) {
    const all = [0, 1, 2].map((number) => maker.slots_.futures + number);
    const [first, second, third] = maker.chance(0.5) ? all : all.toReversed();
    const items = [...all.slice(0, 2), ...(maker.chance(0.5) ? [maker.body() ?? third] : [third])];
    const ends = [first, second].map((slot) =>
      maker.chance(0.6) ? made('set_result', { slot, number: slot }) : fails(maker, slot),
    );
    const before = maker.chance(0.5) ? ends : [];
    const given = made('as_completed', { items, flag: maker.int(0, 1), number: maker.int(1, 2) });
    const guarded = made('try_except', { flag: ANY, blocks: [[given], []] });
    return [...all.map((slot) => made('future', { slot })), ...before, guarded];
  },

  barriers(maker) {
    const slot = maker.thing('barrier');
    const change = maker.chance(0.7) ? 'barrier_reset' : 'barrier_abort';
    const again = maker.chance(0.5) ? waiting('barrier_wait', slot, maker.tasks(1)) : [];
    return [...waited(maker, 'barrier_wait', slot, [made(change, { slot })], { count: maker.int(1, 2) }), ...again];
  },

  queues(maker) {
    const slot = maker.thing('queue');
    const item = () => ({ slot, number: maker.int(1, 9), flag: maker.int(0, 1) });
    const shutdown = made('queue_shutdown', { slot, flag: maker.int(0, 1) });
    const full = putting(maker, slot, 2);
    const cancelled = { cancelled: 1 };
    return maker.random.pick([
      () => waited(maker, 'queue_get', slot, [shutdown]),
      () => waited(maker, 'queue_get', slot, [made('put_nowait', item())], cancelled),
      () => [...full, ...waited(maker, 'queue_put', slot, [shutdown])],
      () => [...full, ...waited(maker, 'queue_put', slot, [made('get_nowait', { slot })], cancelled)],
      () => [...full, ...waited(maker, 'queue_join', slot, [made('task_done', { slot })], { count: 1 })],
      () => [...full, ...waited(maker, 'queue_join', slot, [{ ...shutdown, flag: 1 }], { count: 1 })],
      () => inOrder(maker),
    ])();
  },

  contexts(maker) {
    const slot = maker.thing('variable');
    const callback = maker.callback();
    const spawned = maker.spawned();
    return [
      made('var_set', { slot, flag: maker.thing('token'), number: maker.int(1, 9) }),
      ...(spawned ? [made('spawn', spawned)] : []),
      ...(callback === null ? [] : [made('call_soon', { slot: maker.handle(), items: [callback] })]),
      ...[soon(), made('var_get', { slot })],
    ];
  },

  // A limit is moved in time, or when it has passed already.
  timeouts(maker) {
    const slot = maker.thing('timeout');
    const moves = [made('reschedule', { slot, number: 3 })];
    const sleep = made('sleep', { number: 2 });
    const late = [made('try_except', { flag: CANCELLED, blocks: [[sleep], moves] })];
    const inside = maker.chance(0.5) ? [...moves, sleep] : late;
    const limit = made('timeout', { slot, flag: maker.int(0, 1), number: maker.int(0, 1), blocks: [inside] });
    return [made('try_except', { flag: ANY, blocks: [[limit], [made('look_timeout', { slot })]] })];
  },

  // It fails although somebody wanted its parent cancelled, which is asked again then.
  groups(maker) {
    const asked = made('try_except', { flag: CANCELLED, blocks: [[made('cancel_self'), soon()], []] });
    const failing = made('raise', { flag: maker.kind(), text: maker.words() });
    const group = made('group', { slot: maker.rank, blocks: [[...maker.groupBlock(maker.rank), asked, failing]] });
    return [
      made('try_except', { flag: ANY, blocks: [[group], []] }),
      made('try_except', { flag: CANCELLED, blocks: [[soon()], [made('cancelling_self'), made('uncancel_self')]] }),
    ];
  },

  eager(maker) {
    const items = [maker.body(), maker.body()];
    const all = maker.random.pick(['gather', 'wait_for']);
    return [
      ...[made('task_factory', { flag: 1 }), made(all, { items: all === 'gather' ? items : [items[0]], number: 1 })],
      ...[made('current'), made('task_factory', { flag: 0 })],
    ];
  },

  // Some that have begun are closed, one by one or all at once, or something is thrown in.
  generators(maker) {
    const last = maker.slots_.bodies - 1;
    const all = [...new Set([maker.int(1, last), last])];
    const next = (slot) => [made('anext', { slot }), ...(maker.chance(0.5) ? [made('asend', { slot, number: 7 })] : [])];
    const begun = all.flatMap((slot) => [made('generate', { slot, items: [-1 - slot] }), ...next(slot)]);
    const closing = all.map((slot) => made('aclose', { slot }));
    const thrown = all.map((slot) => made('athrow', { slot, flag: maker.kind(), text: maker.words() }));
    const end = maker.random.weighted([
      [[made('shutdown_asyncgens')], 4],
      [closing, 2],
      [thrown, 3],
      [[made('try_finally', { blocks: [[soon()], [made('cancel_self'), ...closing]] })], 1],
    ]);
    return [made('try_except', { flag: EVERYTHING, blocks: [[...begun, ...end], []] })];
  },
};

// Of equal priorities, and of others.
function inOrder(maker) {
  const puts = putting(maker, 1, 3).map((put) => ({ ...put, flag: maker.int(0, 1) }));
  return [...puts, ...puts.map(() => made('get_nowait', { slot: 1 }))];
}

/** For a program that [maker] makes: one for what it is about, and now and then one about tasks and futures. */
export function scenes(maker) {
  const themes = Object.keys(THEMES).filter((theme) => maker.themes.has(theme));
  const themed = themes.length > 0 && maker.chance(0.85);
  return [
    ...(themed ? THEMES[maker.random.pick(themes)](maker) : []),
    ...(maker.chance(themed ? 0.25 : 0.8) ? BASE[maker.random.pick(Object.keys(BASE))](maker) : []),
  ];
}
