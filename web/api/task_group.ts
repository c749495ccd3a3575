// SPDX-License-Identifier: MIT
// Task groups: tasks that have all ended before the scope does that made them. The tasks, who is cancelled when one
// fails, and what comes of it all are C's.
import type { Awaited_, CoroutineLike } from './awaitable.js';
import type { Coroutine } from './coroutine.js';
import { CANCELLED, RuntimeError } from './errors.js';
import type { Task } from './task.js';
import type { TaskOptions } from './loop.js';
import { CObject, KINDS } from './objects.js';
import { inside, scope, type ScopeBody, type ScopeOptions, type Scoped } from './scope.js';

/** Tasks that belong together. */
export class TaskGroup extends CObject {
  #entered = false;

  constructor() {
    super(new.target, KINDS.task_group);
  }

  /** @internal */ state(): string {
    return this.#entered ? '[entered]' : '[created]';
  }

  /**
   * Runs `body`, whose task is the parent of the group, and waits for all its tasks; gives what `body` returns, or
   * undefined where cancel() has cut that short, and only there. When one of them or `body` fails the others are
   * cancelled; then an ExceptionGroup with all the errors. RuntimeError the second time.
   */
  with<R>(body: ScopeBody<this, R>, options: ScopeOptions = {}): Coroutine<Scoped<R> | undefined> {
    return scope(this.runtime, body, options, () => this.#group(body));
  }

  *#group<R>(body: ScopeBody<this, R>): Generator<unknown, Scoped<R> | undefined, any> {
    if (this.#entered) throw new RuntimeError('TaskGroup has already been entered');
    const { core } = this;
    core.check(core.c.task_group_begin!(this.pointer));
    this.#entered = true;
    let result: Scoped<R> | undefined;
    let status = 0;
    try {
      result = yield* inside(this.runtime, body, this);
    } catch (error) {
      status = core.raise(error);
    }
    yield* this.coroutine(() => core.c.task_group_end_coroutine!(this.pointer, status));
    return status === CANCELLED ? undefined : result;
  }

  /**
   * Makes a task of a coroutine in the group, as create_task() does; the parent and the group's own tasks may.
   * RuntimeError when the group has not begun, has ended or is shutting down.
   */
  create_task<C extends CoroutineLike<any>>(coroutine: C, options: TaskOptions = {}): Task<Awaited_<C>> {
    const { core, pointer } = this;
    const loop = this.runtime.get_running_loop();
    return loop.make_task(coroutine, options, core.c.task_group_create_task!, pointer);
  }

  /**
   * Cancels the tasks and the parent, whose end is then no error. Nothing happens when it has not begun or has ended.
   */
  cancel(): void {
    this.core.c.task_group_cancel!(this.pointer);
  }
}
