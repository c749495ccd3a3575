// SPDX-License-Identifier: MIT
// Handles: JavaScript's half of C's. Invariant: the loop has them, and C's half is held, until the callback is called
// or cancelled.
import { ContextHalf, contextPointer, type ContextOption } from './context_half.js';
import type { Core } from './core.js';
import { inspect } from './errors.js';
import type { EventLoop } from './loop.js';

/** The arguments `A` as they are given, which a callback has to take: of an overloaded one any signature may. */
export type Given<A> = [A][A extends any ? 0 : never];

// How a callback is scheduled.
export const SOON = 0;
export const LATER = 1;
export const AT = 2;

// Of callbacks' arguments the last may be { context }, and is then no argument.
function contextOption(core: Core, args: unknown[]): number {
  const last = args.at(-1) as ContextOption | undefined;
  const isOption = last?.context instanceof ContextHalf && Object.keys(last).length === 1;
  return isOption ? contextPointer(core, (args.pop() as ContextOption).context) : 0;
}

/** A callback that was scheduled. */
export class Handle {
  #loop: EventLoop;
  #pointer = 0;
  #callback: number;
  #cancelled = false;
  #name: string;

  /** @internal */
  constructor(loop: EventLoop, how: number, time: number, callback: (...args: any[]) => unknown, args: unknown[]) {
    const { core } = loop;
    const context = contextOption(core, args);
    this.#loop = loop;
    this.#name = callback.name;
    this.#callback = core.bridge.handle(() => {
      this.release();
      callback(...args);
    });
    try {
      this.#pointer = core.made(core.c.schedule!(loop.pointer, how, time, this.#callback, context));
    } finally {
      if (!this.#pointer) core.bridge.values.delete(this.#callback);
    }
    loop.handles.add(this);
  }

  /** @internal */ get pointer(): number {
    return this.#pointer;
  }

  /** @internal The queue has let go of it. */
  release(): void {
    const { core, handles } = this.#loop;
    handles.delete(this);
    core.bridge.values.delete(this.#callback);
    core.c.handle_unref!(this.#pointer);
    this.#pointer = 0;
  }

  /** Keeps the callback from being called; does nothing once it was. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    if (!this.#pointer) return;
    this.#loop.core.c.handle_cancel!(this.#pointer);
    this.release();
  }

  /** Whether it was cancelled. */
  cancelled(): boolean {
    return this.#cancelled;
  }

  /** As asyncio shows it: `<TimerHandle when=2.5 tick()>`, or `cancelled` in the callback's place. */
  toString(): string {
    return `<Handle ${this.shown()}>`;
  }

  /** @internal */ [inspect](): string {
    return `${this}`;
  }

  /** @internal */ shown(): string {
    return this.#cancelled ? 'cancelled' : `${this.#name}()`;
  }
}

/** A callback that was scheduled for a time. */
export class TimerHandle extends Handle {
  #when: number;

  /** @internal */
  constructor(loop: EventLoop, how: number, time: number, callback: (...args: any[]) => unknown, args: unknown[]) {
    super(loop, how, time, callback, args);
    this.#when = loop.core.c.handle_when!(this.pointer);
  }

  override toString(): string {
    return `<TimerHandle when=${this.#when} ${this.shown()}>`;
  }

  /** When it is due, in seconds on the loop's clock. */
  when(): number {
    return this.#when;
  }
}
