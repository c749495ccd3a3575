// SPDX-License-Identifier: MIT
// Task factories: who makes a loop's tasks. A factory is JavaScript's, and C asks it too: for a gather's children, for
// a group's tasks, and for those that a C program makes.
import type { CoroutineLike } from './awaitable.js';
import type { Stepper } from './core.js';
import { Coroutine } from './coroutine.js';
import { TypeError, show } from './errors.js';
import { Task } from './task.js';
import type { EventLoop, TaskOptions } from './loop.js';

/** Makes a task of a coroutine, by `loop.new_task()` in the end. It is given the options of create_task(). */
export type TaskFactory = (loop: EventLoop, coroutine: CoroutineLike<any>, options: TaskOptions) => Task<any>;

/** @internal What a factory gave, if that is a task of the loop. */
export function expectTask(loop: EventLoop, made: unknown): Task<any> {
  if (made instanceof Task && made.loop === loop) return made;
  throw new TypeError(`Expected the task factory to give a task of its loop, got ${show(made)}`);
}

// As <asyncio/task.h> has them.
function readOptions({ core }: EventLoop, pointer: number): TaskOptions {
  const wordAt = (offset: number) => core.view.getUint32(pointer + offset, true);
  const [name, stack_size, context] = [wordAt(4), wordAt(8), wordAt(16)];
  return {
    ...(name && { name: core.text(name) }),
    ...(stack_size && { stack_size }),
    ...(context && { context: core.contextAt(context) }),
    ...(core.view.getUint8(pointer + 20) && { eager_start: true }),
  };
}

/** @internal What C asks for a task. The coroutine and its task have the same pointer, which is kept until C has it. */
export function factoryStepper(loop: EventLoop, factory: TaskFactory): Stepper {
  const { core } = loop;
  const ask = (pointer: number, options: number): number => {
    const coroutine = new Coroutine<any>(core, () => pointer, (unused) => loop.create_task(unused), true);
    const task = expectTask(loop, factory(loop, coroutine, readOptions(loop, options)));
    if (task.pointer) return core.c.ref!(task.pointer);
    if (!coroutine.unused) return core.c.ref!(pointer); // it has run and ended already
    throw new TypeError(`Expected the task factory to make a task of the coroutine, got an old one`);
  };
  return {
    step(_sent, pointer, options) {
      core.c.ref!(pointer);
      try {
        return ask(pointer, options);
      } catch (error) {
        core.raise(error);
        return 0;
      } finally {
        core.c.unref!(pointer);
      }
    },
  };
}

/** The factory that starts every task eagerly: `loop.set_task_factory(eager_task_factory)`. */
export const eager_task_factory: TaskFactory = (loop, coroutine, options) =>
  loop.new_task(coroutine, { eager_start: true, ...options });

/** An eager factory whose tasks `make` makes, by `loop.new_task()` in the end. TypeError for what is no function. */
export function create_eager_task_factory(make: TaskFactory): TaskFactory {
  if (typeof make !== 'function') throw new TypeError(`Expected [make] to be a function, got ${show(make)}`);
  return (loop, coroutine, options) => make(loop, coroutine, { eager_start: true, ...options });
}
