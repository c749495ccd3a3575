// SPDX-License-Identifier: MIT
// What bodies do to the things that others wait for.
import { made } from './maker.mjs';

const underLock = (op) => made('with_condition', { slot: op.slot, blocks: [[op]] });

// Notifying needs the lock.
export const notifying = (op) => (op.op.startsWith('condition_notify') ? underLock(op) : op);

// Up to [most] items, no more than there is room for.
export const putting = (maker, slot, most) =>
  Array.from({ length: Math.min(most, maker.queueSize(slot)) }, () =>
    made('put_nowait', { slot, number: maker.int(1, 9) }),
  );

// For each primitive (operations_locks.mjs) what makes it wait, and what lets it go on.
export const CHANGES = {
  lock_acquire: (maker, slot) => [[made('lock_acquire', { slot })], [made('lock_release', { slot })]],
  condition_acquire: (maker, slot) => [[made('condition_acquire', { slot })], [made('condition_release', { slot })]],
  condition_wait: (maker, slot) => [[], [underLock(made('condition_notify', { slot, number: maker.int(1, 2) }))]],
  // With more room than there are who wait, who comes before they go on waits for their turn all the same.
  semaphore_acquire(maker, slot) {
    const acquire = () => made('semaphore_acquire', { slot });
    const releases = Array.from({ length: maker.random.pick([1, 1, 1, 4]) }, () => made('semaphore_release', { slot }));
    const comes = releases.length > 1 ? [acquire()] : [];
    return [Array.from({ length: maker.semaphoreSize(slot) }, acquire), [...releases, ...comes]];
  },
  event_wait(maker, slot) {
    const clear = maker.chance(0.5) ? [made('event_clear', { slot })] : [];
    return [[], [made('event_set', { slot }), ...clear]];
  },
  barrier_wait(maker, slot) {
    const wait = made('barrier_wait', { slot });
    const change = maker.random.pick([
      [wait],
      [made('barrier_abort', { slot }), made('sleep', { number: 0 }), wait],
      [made('barrier_reset', { slot }), wait],
    ]);
    return [[], change];
  },
  queue_get: (maker, slot) => [[], [made('put_nowait', { slot, number: maker.int(1, 9) })]],
  queue_put: (maker, slot) => [
    putting(maker, slot, 2),
    [maker.chance(0.7) ? made('get_nowait', { slot }) : made('queue_shutdown', { slot, flag: maker.int(0, 1) })],
  ],
  queue_join(maker, slot) {
    const puts = putting(maker, slot, maker.int(2, 3));
    const shutdown = made('queue_shutdown', { slot, flag: 1 });
    const done = Array.from({ length: puts.length - maker.int(0, 1) }, () => made('task_done', { slot }));
    return [puts, maker.chance(0.3) ? [shutdown] : done];
  },
};
