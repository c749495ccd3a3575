// SPDX-License-Identifier: MIT
// Tasks and AbortSignals: the one by which an async function notices its cancellation, and those that cancel a task.
import type { Task } from './task.js';

/** An AbortSignal, made when somebody asks for it. */
export class Scope {
  #controller: AbortController | undefined;
  /** The reason of another signal, which has cancelled the task. */
  reason: unknown;

  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal;
  }

  get aborted(): boolean {
    return this.#controller !== undefined && this.#controller.signal.aborted;
  }

  /** Whether anybody holds the signal. */
  get touched(): boolean {
    return this.#controller !== undefined;
  }

  abort(reason: unknown): void {
    this.#controller?.abort(reason);
  }
}

/** `task`, which `signal` cancels when there is one. */
export function abortOn<T extends Task<any>>(signal: AbortSignal | undefined, task: T): T {
  if (signal) task.add_done_callback(abortWith(task, signal));
  return task;
}

/** Cancels `task` when `signal` fires, or now if it has; returns what takes that back. */
export function abortWith(task: Task<any>, signal: AbortSignal): () => void {
  const abort = () => {
    const reason: unknown = signal.reason;
    task.cancel(reason instanceof Error ? reason.message : String(reason), reason);
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return () => signal.removeEventListener('abort', abort);
}
