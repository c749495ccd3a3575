// SPDX-License-Identifier: MIT
// The bodies of quiet programs (quiet.mjs): each has children, which it runs in one of many ways, and a future.
import { CATCHES, KINDS } from './operations.mjs';
import { made } from './maker.mjs';
import { thingsDone } from './quiet_things.mjs';

const ANY = CATCHES.indexOf('Exception');
const EVERYTHING = CATCHES.indexOf('BaseException');
const CANCELLED = CATCHES.indexOf('CancelledError');
const GROUPS = 5;
const LONG = 500; // seconds: a limit that is never reached

export class QuietBody {
  // The same for a whole program: its source of chance, how many bodies it has, which of them are generators, which
  // run beside others and which ask some, `moment` that gives a time for a delay, whether these are apart, whether
  // tasks are cancelled, and whether there are locks and so on.
  constructor(program, rank, children) {
    Object.assign(this, program, { rank, children });
    this.slot = 2 * this.bodies + rank; // of its own future
    this.long = this.things ? Infinity : LONG; // things may keep a body for ever
    this.yields = this.generators.has(rank);
  }

  kind() {
    return this.random.pick([...KINDS.keys()].filter((kind) => kind !== CANCELLED));
  }

  sleep() {
    return made('sleep', { number: this.moment(this.random.pick([0, 0, 1, 1, 2, 0.5])) });
  }

  // Of its own, or the library's.
  raise() {
    if (this.random.chance(0.05)) return made('sleep', { number: NaN });
    return made('raise', { flag: this.kind(), text: this.random.pick(['e1', 'e2']) });
  }

  return() {
    return made('return', { number: this.random.int(1, 9) });
  }

  // The operations that run a child and take its outcome.
  child(child) {
    if (this.generators.has(child)) return this.generator(child);
    const slot = 2 * child;
    const item = -1 - child;
    const spawn = made('spawn', { items: [item], slot });
    const call = () => [made('call', { items: [item], form: this.random.int(0, 1) })];
    const shield = () => [made('shield', { items: [item] })];
    const ways = [
      ...[call, call, shield, shield],
      () => [made('wait_for', { items: [item], number: this.random.pick([this.long, Infinity]) })],
      () => [made('gather', { items: [item], flag: this.random.int(0, 1) })],
      () => [made('make_gather', { items: [item], slot, flag: this.random.int(0, 1) }), made('await', { slot })],
      () => [made('make_shield', { items: [item], slot }), made('await', { slot })],
      () => [made('wait_for', { items: [item], number: Infinity })],
      () => [made('wait', { items: [item], number: this.long })], // which takes no coroutines
      () => [spawn, this.sleep(), made('await', { slot })],
      () => [spawn, made('gather', { items: [slot, slot], flag: this.random.int(0, 1) })],
      () => [spawn, made('wait', { items: [slot], number: this.long }), made('look', { slot })],
    ];
    const cancelled = () => [
      ...[spawn, this.sleep(), made('cancel', { slot, text: this.random.pick([null, 'm1']) })],
      ...(this.random.chance(0.5) ? [this.sleep()] : []),
      made('await', { slot }),
    ];
    if (this.tasks && !this.asks(child)) ways.push(cancelled, cancelled);
    const grouped = made('group_spawn', { items: [item], slot, flag: this.rank % GROUPS });
    const group = made('group', { slot: this.rank % GROUPS, blocks: [[grouped]] });
    if (this.things) ways.push(() => [group, ...(this.random.chance(0.6) ? [grouped] : [])]);
    return this.random.pick(ways)();
  }

  // Makes a generator of a child, and goes through it: what is thrown in or sent comes while it waits at a yield, if
  // all went well until then.
  generator(child) {
    const fields = { slot: child };
    const ask = (op) => made(op, { ...fields, number: this.random.int(1, 9) });
    const thrown = () => made('athrow', { ...fields, flag: this.kind(), text: 'e4' });
    const begin = made('generate', { ...fields, items: [-1 - child] });
    const asks = Array.from({ length: this.random.int(0, 2) }, () => ask('anext'));
    if (asks.length === 1 && this.random.chance(0.4)) asks.push(ask('asend'));
    const end = this.random.weighted([
      [[ask('aclose')], 14],
      [[ask('iterate')], 6],
      [[this.guard(thrown()), ask('anext')], 4],
      [[thrown()], 1],
      [[ask('anext'), ask('anext'), ask('aclose')], 2],
      [[], 1],
    ]);
    return [begin, ...asks, ...end];
  }

  guard(op) {
    return made('try_except', { flag: ANY, blocks: [[op], [this.sleep()]] });
  }

  // All of them at once, each given as it ends, perhaps with a future that never does.
  completed(children) {
    const items = children.map((child) => -1 - child);
    const never = this.apart && this.random.chance(0.4);
    if (never) items.push(this.slot);
    const number = never ? this.moment(1) : this.random.pick([this.long, Infinity]);
    const all = made('as_completed', { items, flag: this.random.int(0, 1), number });
    return [...(never ? [made('future', { slot: this.slot })] : []), all];
  }

  // Its own plain future.
  future() {
    const { slot } = this;
    const cancel = made('cancel', { slot, text: this.random.pick([null, 'm2']) });
    const finish = this.random.pick([
      made('set_result', { slot, number: this.random.int(1, 9) }),
      made('set_exception', { slot, flag: this.kind(), text: 'e3' }),
      ...Array(6).fill(cancel),
    ]);
    return this.random.pick([
      () => [made('future', { slot }), finish, made('await', { slot })],
      () => [made('future', { slot }), finish, finish, made('gather', { items: [slot], flag: 1 })],
      () => [made('future', { slot }), finish, ...this.asCompleted([slot])],
      () => [made('future', { slot }), made('wait_for', { items: [slot], number: this.moment(1) })],
      () => [made('future', { slot }), made('wait', { items: [slot], number: this.moment(1) })],
    ])();
  }

  asCompleted(items) {
    return [made('as_completed', { items, flag: this.random.int(0, 1), number: Infinity })];
  }

  // Some of what can fail is guarded, or is itself what comes after a failure.
  guarded(ops) {
    const kind = this.random.pick([ANY, ANY, EVERYTHING, CANCELLED, this.kind()]);
    if (this.random.chance(0.25)) return [made('try_except', { flag: kind, blocks: [ops, this.handler()] })];
    if (this.random.chance(0.25)) return [made('try_finally', { blocks: [ops, [this.sleep()]] })];
    return this.random.chance(0.75) ? [made('try_finally', { blocks: [[this.sleep()], ops] })] : ops;
  }

  // What returns from a generator early is told apart from its end in Python alone.
  handler() {
    const ends = [[], [], [made('reraise')], [this.raise()], ...(this.yields ? [] : [[this.return()]])];
    return [this.sleep(), ...this.random.pick(ends)];
  }

  // At a yield: a handler for everything ends the generator.
  yield() {
    const flag = this.random.pick([EVERYTHING, EVERYTHING, ANY, this.kind(), null]);
    const number = this.random.int(1, 9);
    if (flag === null) return [made('yield', { number })];
    const ends = flag === EVERYTHING ? [[made('reraise')], [made('reraise')], [this.raise()]] : [[], [made('reraise')]];
    const rest = this.random.chance(0.5) ? this.future() : [this.sleep()];
    if (this.apart && this.generators.size > 1) rest.unshift(this.sleep()); // all of them may be closed at one moment
    const first = this.random.pick([[], [], [this.sleep()], [this.sleep()], [this.raise()]]);
    return [made('yield_try', { number, flag, blocks: [first, [...rest, ...this.random.pick(ends)]] })];
  }

  parts() {
    const beside = this.children.filter((child) => this.beside.has(child));
    const parts = this.children.filter((child) => !this.beside.has(child)).map((child) => this.child(child));
    if (beside.length > 0) parts.push(this.completed(beside));
    else if (this.random.chance(0.4)) parts.push(this.future());
    if (this.random.chance(0.5)) parts.push([this.sleep()]);
    if (this.things && !this.yields) parts.push(...thingsDone(this));
    return parts.map((part) => this.guarded(part));
  }

  // Whether a body that goes through a generator may be left behind by who has waited for it long enough.
  anyLeft() {
    return [...this.beside].some((body) => this.asks(body));
  }

  operations() {
    const parts = this.parts();
    const end = this.random.weighted([
      [[this.raise()], 2],
      [this.yields ? [] : [this.return()], 5],
      [[], 2],
    ]);
    if (!this.yields) {
      const shutdown = this.rank === 0 && this.tasks && !this.anyLeft() && this.random.chance(0.4);
      const moment = this.beside.has(this.rank) ? [this.sleep()] : [];
      return [...moment, ...parts.flat(), ...(shutdown ? [made('shutdown_asyncgens')] : []), ...end];
    }
    const yields = Array.from({ length: this.random.int(2, 3) }, () => this.yield());
    const all = this.random.chance(0.7) ? [...yields, ...parts] : [...parts, ...yields];
    return [...(this.random.chance(0.5) ? [this.sleep()] : []), ...all.flat(), ...end];
  }
}
