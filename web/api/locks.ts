// SPDX-License-Identifier: MIT
// asyncio's locks: C's structs as objects. All waiting, and who is next, is C's.
/// <reference lib="esnext.disposable" preserve="true" />
import { BaseRuntime } from './base.js';
import { pointerOf, type Coroutine } from './coroutine.js';
import { TypeError, expectFunction, show } from './errors.js';
import { CObject, KINDS, expectInteger } from './objects.js';
import { inside, scope, type ScopeBody, type ScopeOptions, type Scoped } from './scope.js';

/** What is acquired, by so many at a time, and released. */
abstract class Acquirable extends CObject {
  /** Waits until it is this task's turn; gives true. CancelledError, and then it is not acquired. */
  abstract acquire(): Coroutine<true>;

  /** Lets the next one in. RuntimeError or ValueError when it was not acquired. */
  abstract release(): void;

  /** Whether acquiring it would wait. */
  abstract locked(): boolean;

  /** @internal */ state(): string {
    return this.locked() ? '[locked]' : '[unlocked]';
  }

  /** Acquires it, runs `body` and releases it however that ends; gives what `body` returns. */
  with<R>(body: ScopeBody<this, R>, options: ScopeOptions = {}): Coroutine<Scoped<R>> {
    return scope(this.runtime, body, options, () => this.#hold(body));
  }

  *#hold<R>(body: ScopeBody<this, R>): Generator<unknown, Scoped<R>, any> {
    yield* this.acquire();
    try {
      return yield* inside(this.runtime, body, this);
    } finally {
      this.release();
    }
  }

  /** Acquires it and gives what releases it when disposed: `using held = await lock.hold()`. */
  hold(): Coroutine<Held> {
    return this.runtime.coroutine(() => pointerOf(this.core, this.#held(), 'hold'));
  }

  *#held(): Generator<unknown, Held, any> {
    yield* this.acquire();
    return new Held(this);
  }
}

/** What hold() has acquired. Releases once. */
export class Held {
  #lock: { release(): void } | undefined;

  /** @internal */
  constructor(lock: { release(): void }) {
    this.#lock = lock;
  }

  /** Releases it; twice is fine. */
  release(): void {
    const lock = this.#lock;
    this.#lock = undefined;
    lock?.release();
  }

  /** What `using` calls. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/** One at a time, in the order they came. No task owns it: whoever likes may release it. */
export class Lock extends Acquirable {
  constructor();
  /** @internal */
  constructor(runtime?: BaseRuntime);
  constructor(runtime?: BaseRuntime) {
    super(runtime instanceof BaseRuntime ? runtime : new.target, KINDS.lock);
  }

  acquire(): Coroutine<true> {
    return this.coroutine(() => this.core.c.lock_acquire_coroutine!(this.pointer));
  }

  release(): void {
    this.core.check(this.core.c.lock_release!(this.pointer));
  }

  locked(): boolean {
    return this.core.c.lock_locked!(this.pointer) !== 0;
  }
}

/** `value` at a time, in the order they came. */
export class Semaphore extends Acquirable {
  /** ValueError for less than 0. */
  constructor(value?: number);
  /** @internal */
  constructor(value?: number, kind?: number);
  constructor(value = 1, kind = KINDS.semaphore) {
    expectInteger('value', value);
    super(new.target, kind, value);
  }

  acquire(): Coroutine<true> {
    return this.coroutine(() => this.core.c.semaphore_acquire_coroutine!(this.pointer));
  }

  release(): void {
    this.core.check(this.core.c.semaphore_release!(this.pointer));
  }

  locked(): boolean {
    return this.core.c.semaphore_locked!(this.pointer) !== 0;
  }
}

/** A semaphore whose release() is a ValueError when it would let in more than at first. */
export class BoundedSemaphore extends Semaphore {
  /** ValueError for less than 0. */
  constructor(value = 1) {
    super(value, KINDS.bounded_semaphore);
  }
}

/** A flag that tasks wait for. */
export class Event extends CObject {
  constructor() {
    super(new.target, KINDS.event);
  }

  /** Sets it: those who wait go on in the next iteration, also when it is cleared at once. */
  set(): void {
    this.core.c.event_set!(this.pointer);
  }

  /** Unsets it. */
  clear(): void {
    this.core.c.event_clear!(this.pointer);
  }

  /** Whether it is set. */
  is_set(): boolean {
    return this.core.c.event_is_set!(this.pointer) !== 0;
  }

  /** @internal */ state(): string {
    return this.is_set() ? '[set]' : '[unset]';
  }

  /** Waits until it is set; gives true. */
  wait(): Coroutine<true> {
    return this.coroutine(() => this.core.c.event_wait_coroutine!(this.pointer));
  }
}

/** Waiting, under a lock, for what another task will change and tell of. */
export class Condition extends Acquirable {
  #lock: Lock;

  /**
   * Several conditions may share `lock`; without one it has its own. TypeError for what is no lock of the same runtime.
   */
  constructor(lock?: Lock | null) {
    if (lock !== undefined && lock !== null && !(lock instanceof Lock))
      throw new TypeError(`Expected [lock] to be a Lock, got ${show(lock)}`);
    super(new.target, KINDS.condition);
    if (lock && lock.core !== this.core)
      throw new TypeError("Expected [lock] to be of the condition's runtime, got another's");
    this.#lock = lock ?? new Lock(this.runtime);
    this.core.c.condition_init!(this.pointer, this.#lock.pointer);
  }

  acquire(): Coroutine<true> {
    return this.#lock.acquire();
  }

  release(): void {
    this.#lock.release();
  }

  locked(): boolean {
    return this.#lock.locked();
  }

  /**
   * Releases the lock, waits until notified and acquires it again: it is held afterwards, also with a CancelledError;
   * gives true. RuntimeError when it is not held.
   */
  wait(): Coroutine<true> {
    return this.coroutine(() => this.core.c.condition_wait_coroutine!(this.pointer));
  }

  /** Waits until `predicate` gives something true, which it gives. What it throws is thrown. */
  wait_for<T>(predicate: () => T): Coroutine<T> {
    expectFunction('predicate', predicate);
    return this.runtime.coroutine(() => pointerOf(this.core, this.#until(predicate), 'wait_for'));
  }

  // Its result and what it throws come out where it is called, so the loop around it is here.
  *#until<T>(predicate: () => T): Generator<unknown, T, any> {
    let result = predicate();
    while (!result) {
      yield* this.wait();
      result = predicate();
    }
    return result;
  }

  /** Wakes up to `n` of those who wait; they go on when the lock is free. RuntimeError when it is not held. */
  notify(n = 1): void {
    expectInteger('n', n);
    this.core.check(this.core.c.condition_notify!(this.pointer, n));
  }

  /** Wakes all who wait. RuntimeError when the lock is not held. */
  notify_all(): void {
    this.core.check(this.core.c.condition_notify_all!(this.pointer));
  }
}

/** So many tasks wait for one another, again and again. */
export class Barrier extends CObject {
  #parties: number;

  /** ValueError for less than 1. */
  constructor(parties: number) {
    expectInteger('parties', parties);
    super(new.target, KINDS.barrier, parties);
    this.#parties = parties;
  }

  /**
   * Waits until all parties do; gives the place in the order they came, from 0. BrokenBarrierError when it is broken.
   */
  wait(): Coroutine<number> {
    return this.coroutine(() => this.core.c.barrier_wait_coroutine!(this.pointer));
  }

  /** Waits as wait() does and runs `body` with the place; gives what that returns. */
  with<R>(body: ScopeBody<number, R>, options: ScopeOptions = {}): Coroutine<Scoped<R>> {
    return scope(this.runtime, body, options, () => this.#enter(body));
  }

  *#enter<R>(body: ScopeBody<number, R>): Generator<unknown, Scoped<R>, any> {
    return yield* inside(this.runtime, body, yield* this.wait());
  }

  /** Empties it for use anew: those who wait get a BrokenBarrierError. */
  reset(): Coroutine<undefined> {
    return this.coroutine(() => this.core.c.barrier_reset_coroutine!(this.pointer));
  }

  /** Breaks it: those who wait, and all who come until it is reset, get a BrokenBarrierError. */
  abort(): Coroutine<undefined> {
    return this.coroutine(() => this.core.c.barrier_abort_coroutine!(this.pointer));
  }

  /** @internal */ state(): string {
    return `[${this.broken ? 'broken' : `waiters:${this.n_waiting}/${this.parties}`}]`;
  }

  /** How many it is for. */
  get parties(): number {
    return this.#parties;
  }

  /** How many wait; 0 while those who waited go on. */
  get n_waiting(): number {
    return this.core.c.barrier_n_waiting!(this.pointer);
  }

  /** Whether it is broken. */
  get broken(): boolean {
    return this.core.c.barrier_broken!(this.pointer) !== 0;
  }
}
