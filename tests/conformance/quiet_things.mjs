// SPDX-License-Identifier: MIT
// What the bodies of quiet programs do with locks, queues, scopes and groups. After whatever may wake another there
// is a sleep, to a moment that is nobody else's: what comes out depends on who came first, and never on who goes on
// first.
import { made } from './maker.mjs';
import { PRIMITIVES, THINGS, primitiveItem } from './operations_locks.mjs';

const LIMIT = 500; // seconds: never reached
const METHODS = PRIMITIVES.map(([, op]) => op);

class Things {
  constructor(body) {
    this.body = body;
    this.random = body.random;
  }

  #slot(kind) {
    return this.random.int(0, THINGS[kind] - 1);
  }

  #sleep() {
    return this.body.sleep();
  }

  // It waits in a task of its own, or by itself: then for ever, if nobody comes.
  #waits(op, fields) {
    if (this.random.chance(0.4)) return [made(op, fields)];
    const items = [primitiveItem(METHODS.indexOf(op), fields.slot)];
    return [made('wait_for', { items, number: 2 * this.body.moment(1) })];
  }

  // Within what it holds it may fail.
  #held() {
    return this.random.chance(0.3) ? [this.#sleep(), this.body.raise()] : [this.#sleep()];
  }

  #locked(kind) {
    const slot = this.#slot(kind);
    const by = `${kind}_acquire`;
    const acquire = this.random.chance(0.25) ? [made(by, { slot })] : this.#waits(by, { slot });
    const whole = [...acquire, this.#sleep(), made(`${kind}_release`, { slot })];
    const block = [made(`with_${kind}`, { slot, blocks: [this.#held()] })];
    return this.random.weighted([
      [block, 4],
      [whole, 4],
      [whole.slice(0, -1), 5], // kept
      [[made(`${kind}_release`, { slot })], 1],
    ]);
  }

  #event() {
    const slot = this.#slot('event');
    return this.random.weighted([
      [[made('event_set', { slot })], 2],
      [[made('event_clear', { slot })], 2],
      [[made('event_toggle', { slot })], 1],
      [this.#waits('event_wait', { slot }), 3],
    ]);
  }

  #condition() {
    const slot = this.#slot('condition');
    const number = this.random.int(0, 2);
    const inside = this.random.weighted([
      [this.#waits('condition_wait', { slot }), 4],
      [[made('condition_wait_for', { slot, flag: this.#slot('event') })], 3],
      [[made('condition_notify', { slot, number })], 3],
      [[made('condition_notify_all', { slot })], 3],
    ]);
    const alone = this.random.chance(0.1);
    return alone ? inside : [made('with_condition', { slot, blocks: [[this.#sleep(), ...inside, this.#sleep()]] })];
  }

  #barrier() {
    const slot = this.#slot('barrier');
    return this.random.weighted([
      [this.#waits('barrier_wait', { slot }), 6],
      [[made('barrier_reset', { slot })], 2],
      [[made('barrier_abort', { slot })], 2],
    ]);
  }

  #queue() {
    const slot = this.#slot('queue');
    const item = { slot, number: this.random.int(1, 9), flag: this.random.int(0, 2) };
    const shutdown = made('queue_shutdown', { slot, flag: this.random.int(0, 1) });
    const after = this.random.pick([[], [made('queue_get', { slot })], [made('queue_put', item)]]);
    return this.random.weighted([
      [this.#waits('queue_put', item), 6],
      [this.#waits('queue_get', { slot }), 4],
      [[made('put_nowait', item)], 3],
      [[made('get_nowait', { slot })], 2],
      [[made('task_done', { slot })], 2],
      [this.#waits('queue_join', { slot }), 3],
      [[shutdown, ...after], 2],
    ]);
  }

  // Not one that runs out: who is within, if an async function, is not told.
  #timeout() {
    const slot = this.#slot('event'); // there are two of both
    const flag = this.random.int(0, 1);
    const number = this.random.pick([LIMIT, Infinity]);
    const looks = this.random.pick([[], [made('look_timeout', { slot })], [made('reschedule', { slot, number: LIMIT })]]);
    const inside = [...looks, ...this.#held()];
    return [made('timeout', { slot, flag, number, blocks: [inside] })];
  }

  some() {
    const one = this.random.weighted([
      [() => this.#locked('lock'), 4],
      [() => this.#locked('semaphore'), 3],
      [() => this.#locked('condition'), 4],
      [() => this.#event(), 5],
      [() => this.#condition(), 8],
      [() => this.#barrier(), 4],
      [() => this.#queue(), 10],
      [() => this.#timeout(), 2],
      [() => [made('reschedule', { slot: this.#slot('event'), number: LIMIT })], 1],
      [() => [made('look_things')], 1],
    ]);
    return [...one(), this.#sleep()];
  }
}

/** A few things done, of which each may wake or keep others. */
export const thingsDone = (body) =>
  Array.from({ length: body.random.int(1, 4) }, () => new Things(body).some());
