// SPDX-License-Identifier: MIT
// Makes programs: a few coroutine bodies and callbacks, lists of operations (operations.mjs) over shared slots. Most
// are small, and there are few different delays, so that much is due at once. Invariant: every program ends, and no
// tasks wait for one another in a circle (which CPython cannot cancel): a body uses only bodies after itself and
// awaits only what has a higher rank, a callback schedules only callbacks after itself.
import { CATCHES, KINDS, OPERATIONS } from './operations.mjs';
import { Random } from './random.mjs';

const FUTURES = 3;
const HANDLES = 2;
const DELAYS = [0, 0, 1, 1, 1, 2, 2, 3, -1, 0.5];
const TIMEOUTS = [Infinity, 0, -1, 1, 1, 1, 2, 2, 3];
const MESSAGES = [null, null, null, 'm1', 'm2', 'm3'];
const DEEPEST = 3;
const TWICE = 0.1;
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
];
const CANCELLED = CATCHES.indexOf('CancelledError');
const EMPTY = { op: '', slot: 0, items: [], flag: 0, form: 0, number: 0, text: null, blocks: [] };

// The slots: two for the tasks of each body, then the plain futures, then one for the gathers and shields of each
// rank.
class Slots {
  constructor(bodies) {
    this.bodies = bodies;
    this.futures = 2 * bodies;
    this.outers = this.futures + FUTURES;
    this.count = this.outers + bodies;
  }

  rank(slot) {
    if (slot < this.futures) return slot >> 1;
    return slot < this.outers ? this.bodies : slot - this.outers;
  }

  kind(slot) {
    if (slot < this.futures) return 'task';
    return slot < this.outers ? 'future' : 'outer';
  }
}

// Draws the fields of operations for one place of a program. [added] remembers the callbacks that were added, so that
// some of them are removed again.
class Maker {
  constructor(random, slots, callbacks, added, place) {
    this.random = random;
    this.slots_ = slots;
    this.callbacks = callbacks;
    this.added = added;
    Object.assign(this, place); // rank and callback: what stands here; depth, handles
  }

  chance(probability) {
    return this.random.chance(probability);
  }

  int(low, high) {
    return this.random.int(low, high);
  }

  delay() {
    return this.random.pick(DELAYS);
  }

  timeout() {
    return this.random.pick(TIMEOUTS);
  }

  message() {
    return this.random.pick(MESSAGES);
  }

  words() {
    return this.random.pick(['e1', 'e2', 'e3']);
  }

  kind() {
    return this.random.weighted(KINDS.map((name, kind) => [kind, name === 'CancelledError' ? 0.3 : 1]));
  }

  catch() {
    return this.random.weighted(
      CATCHES.map((name, kind) => [kind, { CancelledError: 5, BaseException: 4 }[name] ?? 1]),
    );
  }

  // A body that may be started here; null where none is left.
  body() {
    return this.rank + 1 < this.slots_.bodies ? -1 - this.int(this.rank + 1, this.slots_.bodies - 1) : null;
  }

  spawned() {
    const body = this.body();
    return body === null ? null : { items: [body], slot: 2 * (-1 - body) + this.int(0, 1) };
  }

  future() {
    return this.slots_.futures + this.int(0, FUTURES - 1);
  }

  handle() {
    return this.int(0, HANDLES - 1);
  }

  task() {
    return this.int(0, this.slots_.futures - 1);
  }

  any() {
    return this.int(0, this.slots_.count - 1);
  }

  callback() {
    const first = this.callback_ === undefined ? 0 : this.callback_ + 1;
    return first < this.callbacks ? this.int(first, this.callbacks - 1) : null;
  }

  add() {
    const callback = this.callback();
    if (callback === null) return null;
    const fields = { items: [callback], slot: this.any() };
    this.added.push(fields);
    return { ...fields };
  }

  remove() {
    if (this.added.length > 0 && this.chance(0.7)) return { ...this.random.pick(this.added) };
    const callback = this.callback();
    return callback === null ? null : { items: [callback], slot: this.any() };
  }

  at(slot) {
    return { slot };
  }

  // A slot whose future may be awaited here, often one that main has filled. There always is one: the plain futures.
  awaitable() {
    const body = this.chance(0.4) ? this.body() : null;
    if (body !== null) return 2 * (-1 - body);
    for (;;) {
      const slot = this.any();
      if (this.slots_.rank(slot) > this.rank) return slot;
    }
  }

  item() {
    const body = this.chance(0.5) ? this.body() : null;
    return body ?? this.awaitable();
  }

  items(most) {
    return Array.from({ length: this.int(this.chance(0.05) ? 0 : 1, most) }, () => this.item());
  }

  slots(most) {
    return Array.from({ length: this.int(this.chance(0.05) ? 0 : 1, most) }, () => this.awaitable());
  }

  // The slot for a gather or shield of [items]: of a rank that is at most theirs.
  outer(items, fields = {}) {
    const rank = (item) => (item < 0 ? -1 - item : this.slots_.rank(item));
    const lowest = Math.min(this.slots_.bodies - 1, ...items.map(rank));
    return { items, slot: this.slots_.outers + lowest, ...fields };
  }

  block(kind) {
    const length = this.int(1, this.depth > 1 ? 2 : 3);
    const place = { rank: this.rank, depth: this.depth + 1, handles: this.handles || kind === 'handler' };
    const inside = operations(new Maker(this.random, this.slots_, this.callbacks, this.added, place), length);
    return kind === 'handler' && this.chance(0.4) ? [...inside, made('reraise')] : inside;
  }
}

function fits({ where, block }, maker) {
  if (block && maker.depth >= DEEPEST) return false;
  return where === 'anywhere' || maker.callback_ === undefined;
}

function operation(maker) {
  const choices = Object.entries(OPERATIONS).filter(([, one]) => fits(one, maker));
  for (;;) {
    const name = maker.random.weighted(choices.map(([key, { weight }]) => [key, weight]));
    const fields = OPERATIONS[name].make(maker);
    if (fields) return made(name, fields);
  }
}

// Some operations come twice: what was done already is a case of its own.
function operations(maker, length) {
  return Array.from({ length }, () => operation(maker)).flatMap((one) =>
    maker.chance(TWICE) ? [one, structuredClone(one)] : [one],
  );
}

const made = (op, fields = {}) => ({ ...EMPTY, op, ...fields });

// What chance alone would seldom put together, at the start of a body: one that resists cancellation, one that fails
// after a time, one that cancels others when they have begun to wait...
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

  limited: (maker) => [made('wait_for', { items: [maker.chance(0.5) ? maker.future() : maker.item()], number: 1 })],

  waiting(maker) {
    const fields = { flag: maker.int(0, 2), number: maker.random.pick([Infinity, Infinity, 1, 2, 3]) };
    const items = maker.slots(3);
    if (maker.chance(0.5)) return [made('wait', { items, ...fields })];
    const failed = made('set_exception', { slot: maker.future(), flag: maker.kind(), text: maker.words() });
    return [failed, made('wait', { items: [failed.slot, ...items], ...fields })];
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
};

const shape = (maker) => SHAPES[maker.random.weighted(SHARES)](maker);

// main makes what the others look at, most of the time.
function prologue(maker, { bodies, futures }) {
  const first = [];
  for (let i = 0; i < FUTURES; i++) if (maker.chance(0.9)) first.push(made('future', { slot: futures + i }));
  for (let body = 1; body < bodies; body++)
    if (maker.chance(0.85)) first.push(made('spawn', { slot: 2 * body, items: [-1 - body] }));
  return first;
}

export function walk(ops, visit) {
  for (const op of ops) {
    visit(op);
    for (const block of op.blocks) walk(block, visit);
  }
}

export const blocksOf = (program) => [...program.bodies, ...program.callbacks];

// Numbers the operations anew, in the order in which they are written.
export function numbered(program) {
  let id = 0;
  for (const ops of blocksOf(program)) walk(ops, (op) => (op.id = ++id));
  return program;
}

export const countOf = (program) => {
  let count = 0;
  for (const ops of blocksOf(program)) walk(ops, () => count++);
  return count;
};

export function generate(seed, index) {
  const random = new Random(seed, index);
  const slots = new Slots(
    random.weighted([
      [2, 4],
      [3, 5],
      [4, 2],
      [5, 1],
    ]),
  );
  const callbacks = random.int(0, 3);
  const most = random.weighted([
    [3, 4],
    [5, 3],
    [8, 1],
  ]);
  const added = [];
  const maker = (place) => new Maker(random, slots, callbacks, added, { depth: 0, handles: false, ...place });
  const bodies = Array.from({ length: slots.bodies }, (_, rank) => [
    ...shape(maker({ rank })),
    ...operations(maker({ rank }), random.int(1, most)),
  ]);
  bodies[0].unshift(...prologue(maker({ rank: 0 }), slots));
  const calls = Array.from({ length: callbacks }, (_, callback_) =>
    operations(maker({ rank: 0, callback_ }), random.int(1, 2)),
  );
  for (const ops of [...bodies, ...calls]) walk(ops, (op) => (op.form = random.int(0, 1)));
  return numbered({ index, seed, slots: slots.count, handles: HANDLES, bodies, callbacks: calls });
}
