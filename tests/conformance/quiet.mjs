// SPDX-License-Identifier: MIT
// Quiet programs, for coroutines that cannot be compared event by event: async functions go on in microtasks, and a
// cancelled one cannot be made to stop. Nobody is cancelled in them but plain futures by a time limit, and each body
// runs once at most, as the child of one other: what comes out then depends on no order.
import { numbered } from './generate.mjs';
import { CATCHES, KINDS } from './operations.mjs';
import { Random } from './random.mjs';

const PURPOSE = 0x51; // other programs than generate() makes of the same seed
const ANY = CATCHES.indexOf('Exception');
const SIZES = [0, 0, 1, 1, 0, 0, 0]; // of what they do not use
const LONG = 500; // seconds: a limit that is never reached

const made = (op, fields = {}) => ({
  ...{ op, slot: 0, items: [], flag: 0, form: 0, number: 0, text: null, blocks: [] },
  ...fields,
});

class Body {
  constructor(random, rank, bodies, children) {
    Object.assign(this, { random, rank, bodies, children });
  }

  kind() {
    return this.random.pick([...KINDS.keys()].filter((kind) => KINDS[kind] !== 'CancelledError'));
  }

  sleep() {
    return made('sleep', { number: this.random.pick([0, 0, 1, 1, 2, 0.5]) });
  }

  raise() {
    return made('raise', { flag: this.kind(), text: this.random.pick(['e1', 'e2']) });
  }

  return() {
    return made('return', { number: this.random.int(1, 9) });
  }

  // The operations that run a child and take its outcome.
  child(child) {
    const slot = 2 * child;
    const item = -1 - child;
    const spawn = made('spawn', { items: [item], slot });
    return this.random.pick([
      () => [made('call', { items: [item], form: this.random.int(0, 1) })],
      () => [made('shield', { items: [item] })],
      () => [made('wait_for', { items: [item], number: this.random.pick([LONG, Infinity]) })],
      () => [made('gather', { items: [item], flag: this.random.int(0, 1) })],
      () => [spawn, this.sleep(), made('await', { slot })],
      () => [spawn, made('gather', { items: [slot, slot], flag: this.random.int(0, 1) })],
      () => [spawn, made('wait', { items: [slot], number: LONG }), made('look', { slot })],
    ])();
  }

  // Its own plain future.
  future() {
    const slot = 2 * this.bodies + this.rank;
    const finish = this.random.pick([
      made('set_result', { slot, number: this.random.int(1, 9) }),
      made('set_exception', { slot, flag: this.kind(), text: 'e3' }),
    ]);
    return this.random.pick([
      () => [made('future', { slot }), finish, made('await', { slot })],
      () => [made('future', { slot }), finish, finish, made('gather', { items: [slot], flag: 1 })],
      () => [made('future', { slot }), made('wait_for', { items: [slot], number: 1 })],
    ])();
  }

  // Some of what can fail is guarded.
  guarded(ops) {
    if (this.random.chance(0.3))
      return [made('try_except', { flag: this.random.pick([ANY, ANY, this.kind()]), blocks: [ops, this.handler()] })];
    return this.random.chance(0.3) ? [made('try_finally', { blocks: [ops, [this.sleep()]] })] : ops;
  }

  handler() {
    return [this.sleep(), ...this.random.pick([[], [], [made('reraise')], [this.return()], [this.raise()]])];
  }

  operations() {
    const parts = this.children.map((child) => this.child(child));
    if (this.random.chance(0.4)) parts.push(this.future());
    if (this.random.chance(0.5)) parts.push([this.sleep()]);
    const end = this.random.weighted([
      [[this.raise()], 2],
      [[this.return()], 5],
      [[], 2],
    ]);
    return [...parts.flatMap((part) => this.guarded(part)), ...end];
  }
}

export function generateQuiet(seed, index) {
  const random = new Random(seed, index, PURPOSE);
  const count = random.int(2, 6);
  const children = Array.from({ length: count }, () => []);
  for (let body = 1; body < count; body++) children[random.int(0, body - 1)].push(body);
  const bodies = children.map((mine, rank) => new Body(random, rank, count, mine).operations());
  const program = { index, seed, slots: 3 * count, handles: 1, sizes: SIZES, runs: [], bodies, callbacks: [] };
  return numbered(program);
}

// A trace without its order, and without what depends on that: instances and labels.
export const outcomes = (trace) =>
  trace
    .filter((line) => !line.includes(' end f'))
    .map((line) => line.replace(/^(\S+ b\d+)\.\d+/, '$1').replace(/\bf\d+\b/g, 'f'))
    .sort();
