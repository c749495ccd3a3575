// SPDX-License-Identifier: MIT
// asyncio's queues: C's structs as objects. Items cross as handles and come out as what was put.
import type { Coroutine } from './coroutine.js';
import { QueueShutDown, TypeError, show } from './errors.js';
import { CObject, KINDS, expectInteger } from './objects.js';

/**
 * Items that tasks hand to each other, first in first out. `for await (const item of queue)` gets until it is shut
 * down.
 */
export class Queue<T = any> extends CObject {
  #maxsize: number;

  /** `maxsize` is how many items there is room for; 0 or less for any number. */
  constructor(maxsize?: number);
  /** @internal */
  constructor(maxsize?: number, kind?: number);
  constructor(maxsize = 0, kind = KINDS.queue) {
    expectInteger('maxsize', maxsize);
    super(new.target, kind, maxsize);
    this.#maxsize = maxsize;
  }

  /** @internal What a priority queue orders `item` by. */
  priority(_item: T): number {
    return 0;
  }

  /** Waits until there is room and puts `item`. QueueShutDown when the queue was shut down. */
  put(item: T): Coroutine<undefined> {
    const { core, pointer } = this;
    const priority = this.priority(item);
    return this.coroutine(() =>
      core.cross(item, (kind, number, size) => core.c.queue_put_coroutine!(pointer, priority, kind, number, size)),
    );
  }

  /** Puts `item` without waiting. QueueFull, QueueShutDown. */
  put_nowait(item: T): void {
    const { core, pointer } = this;
    const priority = this.priority(item);
    core.check(
      core.cross(item, (kind, number, size) => core.c.queue_put_nowait!(pointer, priority, kind, number, size)),
    );
  }

  /** Waits until there is an item and gives it. QueueShutDown when the queue was shut down and is empty. */
  get(): Coroutine<T> {
    return this.coroutine(() => this.core.c.queue_get_coroutine!(this.pointer));
  }

  /** The next item without waiting. QueueEmpty, QueueShutDown. */
  get_nowait(): T {
    const { core } = this;
    return core.withPointers([0, 0, 0, 0], (value) => {
      core.check(core.c.queue_get_nowait!(this.pointer, value));
      const item = core.read(value);
      core.c.value_clear!(value);
      return item as T;
    });
  }

  /** Waits until task_done() was called for every item that was put. */
  join(): Coroutine<undefined> {
    return this.coroutine(() => this.core.c.queue_join_coroutine!(this.pointer));
  }

  /** Tells that an item that was got has been dealt with. ValueError when called more often than items were put. */
  task_done(): void {
    this.core.check(this.core.c.queue_task_done!(this.pointer));
  }

  /**
   * From now on put() fails with QueueShutDown, and get() when the queue is empty; those who wait are told. With
   * `immediate` the items are dropped and count as done.
   */
  shutdown(immediate = false): void {
    this.core.c.queue_shutdown!(this.pointer, Number(Boolean(immediate)));
  }

  /** How many items are in it. */
  qsize(): number {
    return this.core.c.queue_qsize!(this.pointer);
  }

  /** @internal */ state(): string {
    return `maxsize=${this.maxsize} size=${this.qsize()}`;
  }

  /** Whether there is no item. */
  empty(): boolean {
    return this.qsize() === 0;
  }

  /** Whether there is no room. */
  full(): boolean {
    return this.#maxsize > 0 && this.qsize() >= this.#maxsize;
  }

  /** How many items there is room for; 0 or less for any number. */
  get maxsize(): number {
    return this.#maxsize;
  }

  /** The items as they come, until the queue is shut down and empty. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) yield await this.get();
    } catch (error) {
      if (!(error instanceof QueueShutDown)) throw error;
    }
  }
}

/** A queue that gives the newest item first. */
export class LifoQueue<T = any> extends Queue<T> {
  constructor(maxsize = 0) {
    super(maxsize, KINDS.lifo_queue);
  }
}

/** What has a priority: a number, or an array that begins with one. */
export type Prioritized = number | readonly [priority: number, ...rest: unknown[]];

/**
 * A queue that gives the item of the least priority first: that is the item itself if it is a number, and the first
 * element of an array. Nothing else of two items is compared: of equal priorities the item that was put first comes
 * first.
 */
export class PriorityQueue<T extends Prioritized = Prioritized> extends Queue<T> {
  constructor(maxsize = 0) {
    super(maxsize, KINDS.priority_queue);
  }

  /** @internal */
  override priority(item: T): number {
    const priority: unknown = Array.isArray(item) ? item[0] : item;
    if (typeof priority === 'number') return priority;
    const what = Array.isArray(item) ? `an array that begins with ${show(priority)}` : show(item);
    throw new TypeError(`Expected [item] to be a number or an array that begins with one, got ${what}`);
  }
}
