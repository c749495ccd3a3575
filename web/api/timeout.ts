// SPDX-License-Identifier: MIT
// Time limits on a stretch of a task's code. The clock, the count of cancellations and what comes of them are C's; what
// the stretch threw is looked at here, since it may be anything.
import type { BaseRuntime } from './base.js';
import type { Coroutine } from './coroutine.js';
import { RuntimeError, ValueError, expectNumber } from './errors.js';
import { CObject, KINDS } from './objects.js';
import { inside, scope, type ScopeBody, type ScopeOptions, type Scoped } from './scope.js';

/** A time limit, made by timeout() and timeout_at(). */
export class Timeout extends CObject {
  #when: number; // until it has begun
  #entered = false;
  #left = false;

  /** @internal */
  constructor(runtime: BaseRuntime, when: number) {
    super(runtime, KINDS.timeout);
    this.#when = when;
  }

  /** When it passes, or would have, on the loop's clock; null: never. */
  when(): number | null {
    const when = this.#entered ? this.core.c.timeout_when!(this.pointer) : this.#when;
    return when === Infinity ? null : when;
  }

  /** Moves it to the time `when`; null for never. RuntimeError unless its body runs and it has not passed. */
  reschedule(when: number | null): void {
    this.core.check(this.core.c.timeout_reschedule!(this.pointer, moment('when', when)));
  }

  /** @internal */ state(): string {
    if (!this.#entered) return '[created]';
    if (this.expired()) return this.#left ? '[expired]' : '[expiring]';
    return this.#left ? '[finished]' : `[active] when=${this.when()}`;
  }

  /** Whether it has passed while its body ran. */
  expired(): boolean {
    return this.core.c.timeout_expired!(this.pointer) !== 0;
  }

  /**
   * Runs `body` under the limit; gives what that returns. When the limit passes the task is cancelled, and the
   * CancelledError that comes out of `body` because of it becomes a TimeoutError, whose `cause` it is. RuntimeError the
   * second time.
   */
  with<R>(body: ScopeBody<this, R>, options: ScopeOptions = {}): Coroutine<Scoped<R>> {
    return scope(this.runtime, body, options, () => this.#limit(body));
  }

  *#limit<R>(body: ScopeBody<this, R>): Generator<unknown, Scoped<R>, any> {
    if (this.#entered) throw new RuntimeError('Timeout has already been entered');
    this.core.check(this.core.c.timeout_begin_at!(this.pointer, this.#when));
    this.#entered = true;
    let result: Scoped<R>;
    try {
      result = yield* inside(this.runtime, body, this);
    } catch (error) {
      throw this.#end(error);
    }
    this.#left = true;
    this.core.c.timeout_end!(this.pointer, 0);
    return result;
  }

  // What is thrown in the place of what the body threw.
  #end(thrown: unknown): unknown {
    const { core } = this;
    this.#left = true;
    const status = core.raise(thrown);
    const ended = core.c.timeout_end!(this.pointer, status);
    const error = core.takeError(ended);
    if (ended === status) return thrown;
    return Object.assign(error as Error, { cause: thrown });
  }
}

// As C has it.
function moment(name: string, value: number | null): number {
  if (value === null) return Infinity;
  expectNumber(name, value);
  if (Number.isNaN(value)) throw new ValueError(`Expected [${name}] to be a number, got NaN`);
  return value;
}

/** @internal */
export const timeoutIn =
  (runtime: BaseRuntime) =>
  (delay: number | null): Timeout => {
    const seconds = moment('delay', delay);
    return new Timeout(runtime, seconds === Infinity ? seconds : runtime.get_running_loop().time() + seconds);
  };

/** @internal */
export const timeoutAtIn =
  (runtime: BaseRuntime) =>
  (when: number | null): Timeout =>
    new Timeout(runtime, moment('when', when));
