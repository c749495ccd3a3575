// SPDX-License-Identifier: MIT
// Draws operations and their fields for one place of a program. Invariant: a body uses only bodies after itself and
// awaits only what has a higher rank, a callback schedules only callbacks after itself.
import { CATCHES, KINDS, OPERATIONS } from './operations.mjs';
import { PRIMITIVES, THINGS, primitiveItem } from './operations_locks.mjs';
import { SCOPE_THINGS } from './operations_scopes.mjs';

export const FUTURES = 3;
export const HANDLES = 2;
const COUNTS = { ...THINGS, ...SCOPE_THINGS };
const DELAYS = [0, 0, 1, 1, 1, 2, 2, 3, -1, 0.5];
const TIMEOUTS = [Infinity, 0, -1, 1, 1, 1, 2, 2, 3];
const MESSAGES = [null, null, null, 'm1', 'm2', 'm3'];
const DEEPEST = 3;
const TWICE = 0.1;
const MOST_TRIES = 50;
const EMPTY = { op: '', slot: 0, items: [], flag: 0, form: 0, number: 0, text: null, blocks: [] };

// The slots: two for the tasks of each body, then the plain futures, then one for the gathers and shields of each
// rank.
export class Slots {
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

// Draws the fields of operations for one place of a program. The same for a whole program: its source of chance, its
// slots_, how many callbacks it has, those that were added (so that some are removed again), its themes and the sizes
// of its things.
export class Maker {
  constructor(program, place) {
    this.program = program;
    Object.assign(this, program, place); // rank and callback_: what stands here; depth, handles
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

  spawned(fields = {}) {
    const body = this.body();
    return body === null ? null : { items: [body], slot: 2 * (-1 - body) + this.int(0, 1), ...fields };
  }

  // Into the group of a body that comes before the one that is spawned, its own most of the time.
  groupSpawned() {
    const fields = this.spawned();
    if (fields === null) return null;
    const body = -1 - fields.items[0];
    return { ...fields, flag: this.chance(0.6) ? this.rank : this.int(0, body - 1) };
  }

  // A lock, a queue...: its number among those of its kind.
  thing(kind) {
    return this.random.weighted(Array.from({ length: COUNTS[kind] }, (_, number) => [number, number ? 1 : 2]));
  }

  // A coroutine object of the program's themes; null where they have none.
  primitive() {
    const kinds = [...PRIMITIVES.keys()].filter((kind) => this.themes.has(OPERATIONS[PRIMITIVES[kind][1]].theme));
    if (kinds.length === 0) return null;
    const kind = this.random.pick(kinds);
    return primitiveItem(kind, this.thing(PRIMITIVES[kind][0]));
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

  // [count] different ones.
  tasks(count) {
    const left = Array.from({ length: this.slots_.futures }, (_, slot) => slot);
    return Array.from({ length: count }, () => left.splice(this.int(0, left.length - 1), 1)[0]);
  }

  semaphoreSize(number) {
    return this.sizes[number];
  }

  // Infinity where there always is room.
  queueSize(number) {
    return this.sizes[2 * THINGS.semaphore + number] || Infinity;
  }

  any() {
    return this.int(0, this.slots_.count - 1);
  }

  callback() {
    const first = this.callback_ === undefined ? 0 : this.callback_ + 1;
    return first < this.callbacks ? this.int(first, this.callbacks - 1) : null;
  }

  add(more = {}) {
    const callback = this.callback();
    if (callback === null) return null;
    const fields = { items: [callback], slot: this.any() };
    this.added.push(fields);
    return { ...fields, ...more };
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
    const primitive = this.chance(0.3) ? this.primitive() : null;
    if (primitive !== null) return primitive;
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
    const rank = (item) => (item < 0 ? -1 - item : this.slots_.rank(item)); // the library's come after all bodies
    const lowest = Math.min(this.slots_.bodies - 1, ...items.map(rank));
    return { items, slot: this.slots_.outers + lowest, ...fields };
  }

  // How much of the program an operation's theme is: many themes share what one has alone.
  share(theme) {
    return theme ? 1.5 / Math.sqrt(this.themes.size) : 1;
  }

  inside() {
    return new Maker(this.program, { rank: this.rank, depth: this.depth + 1, handles: this.handles });
  }

  block(kind) {
    const inside = this.inside();
    inside.handles ||= kind === 'handler';
    const ops = operations(inside, this.int(1, this.depth > 1 ? 2 : 3));
    return kind === 'handler' && this.chance(0.4) ? [...ops, made('reraise')] : ops;
  }

  // Some of it is what gives a [limit] its point.
  limitedBlock(limit) {
    const inside = this.inside();
    const move = this.chance(0.3) ? [made('reschedule', { slot: limit, number: this.timeout() })] : [];
    const wait = this.chance(0.6) ? [themeWait(inside) ?? made('sleep', { number: this.int(1, 3) })] : [];
    return [...move, ...wait, ...this.block()];
  }

  groupBlock(group) {
    const spawn = () => made('group_spawn', this.spawned({ flag: group }) ?? undefined);
    const spawns = this.body() === null ? [] : Array.from({ length: this.int(0, 3) }, spawn);
    const rest = this.chance(0.4) ? [made('sleep', { number: this.int(1, 3) })] : [];
    return [...spawns, ...rest, ...(this.chance(0.6) ? this.block() : [])];
  }
}

function fits({ where, block, theme }, maker) {
  if (theme && !maker.themes.has(theme)) return false;
  if (block && maker.depth >= DEEPEST) return false;
  if (where === 'top' && maker.depth > 0) return false;
  return where === 'anywhere' || maker.callback_ === undefined;
}

// One of the operations that [wanted] says.
function drawn(maker, wanted) {
  const choices = Object.entries(OPERATIONS).filter(([, one]) => fits(one, maker) && wanted(one));
  for (let tries = 0; choices.length > 0 && tries < MOST_TRIES; tries++) {
    const name = maker.random.weighted(choices.map(([key, { weight, theme }]) => [key, weight * maker.share(theme)]));
    const fields = OPERATIONS[name].make(maker);
    if (fields) return made(name, fields);
  }
  return undefined;
}

export const operation = (maker) => drawn(maker, () => true) ?? made('sleep');

export const anyWait = (maker) => drawn(maker, ({ suspends, block }) => suspends && !block);

// A wait of the program's themes; undefined when they have none.
export const themeWait = (maker) => drawn(maker, ({ theme, suspends, block }) => theme && suspends && !block);

// What changes the program's things for others; undefined when it has none.
export const themeChange = (maker) => drawn(maker, ({ theme, suspends, block }) => theme && !suspends && !block);

// Some operations come twice: what was done already is a case of its own.
export function operations(maker, length) {
  return Array.from({ length }, () => operation(maker)).flatMap((one) =>
    maker.chance(TWICE) ? [one, structuredClone(one)] : [one],
  );
}

export const made = (op, fields = {}) => ({ ...EMPTY, op, ...fields });

