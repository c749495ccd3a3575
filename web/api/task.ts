// SPDX-License-Identifier: MIT
// Tasks: futures that run a coroutine. What C knows of one is copied when it is done, as its outcome is.
import { Scope } from './abort.js';
import type { Context } from './contexts.js';
import type { Core } from './core.js';
import { RuntimeError, is_cancelled } from './errors.js';
import { Future } from './future.js';
import type { EventLoop } from './loop.js';

/** A coroutine that runs on its own, beside the one that made it. Made by `create_task()`. */
export class Task<T> extends Future<T> {
  #name: string | undefined;
  #number = 0; // this and the next are C's, once it is done
  #cancels = 0;
  #scope: Scope | undefined; // once anybody asks

  /** @internal */
  constructor(core: Core, loop: EventLoop, pointer: number, name?: string) {
    super(core, loop, pointer);
    this.#name = name;
  }

  /** @internal The one of what runs now: after a cancellation that was caught comes a signal of its own. */
  enter(): Scope {
    if (!this.#scope || this.#scope.aborted) this.#scope = new Scope();
    return this.#scope;
  }

  /** @internal A cancellation is being delivered; whether anybody can notice. */
  deliver(error: unknown): boolean {
    this.#explain(error);
    this.#scope?.abort(error);
    return this.#scope?.touched ?? false;
  }

  /** @internal */ override finished(number: number, cancels: number, outcome: unknown): void {
    this.#number = number;
    this.#cancels = cancels;
    this.#explain(outcome);
  }

  #explain(error: unknown): void {
    const reason = this.#scope?.reason;
    if (reason !== undefined && is_cancelled(error)) error.cause ??= reason;
  }

  /** Its name: the one given, or `Task-1`, `Task-2`... */
  get_name(): string {
    const { core, pointer } = this;
    return (this.#name ??= pointer ? core.text(core.c.task_get_name!(pointer)) : `Task-${this.#number}`);
  }

  /** Gives it another name. */
  set_name(name: string): void {
    const words = String(name);
    if (this.pointer) this.core.withText(words, (size) => this.core.check(this.core.c.set_name!(this.pointer, size)));
    this.#name = words;
  }

  /** The context that it runs in. RuntimeError when it is done, or while there are no contexts. */
  get_context(): Context {
    if (this.done()) throw new RuntimeError('The task is done, and its context is gone');
    return this.core.contextOf(this.pointer);
  }

  override cancel(message?: string): boolean;
  /** @internal With the reason of an AbortSignal, which becomes the cause of the CancelledError. */
  override cancel(message?: string, reason?: unknown): boolean;
  override cancel(message?: string, reason?: unknown): boolean {
    if (this.#scope || reason !== undefined) (this.#scope ??= new Scope()).reason = reason;
    return super.cancel(message);
  }

  /** Takes one request for cancellation back; how many are left. At 0 one not yet delivered is dropped. */
  uncancel(): number {
    if (!this.done()) return this.core.c.task_uncancel!(this.pointer);
    this.#cancels = Math.max(this.#cancels - 1, 0);
    return this.#cancels;
  }

  /** Requests for cancellation so far, less those taken back. */
  cancelling(): number {
    return this.done() ? this.#cancels : this.core.c.task_cancelling!(this.pointer);
  }

  /** An AbortSignal that fires on cancel(). An async function that has used it is waited for, another abandoned. */
  get signal(): AbortSignal {
    return (this.#scope ??= new Scope()).signal;
  }

  override toString(): string {
    return this.shown('Task', ` name='${this.get_name()}'`);
  }

  /** @internal */ override settable(): void {
    throw new RuntimeError('The outcome of a task cannot be set from outside');
  }
}
