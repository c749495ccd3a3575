// SPDX-License-Identifier: MIT
// A program under way in JavaScript, over the package, and the operations that never suspend: what generators
// (generators.mjs) and async functions (async_functions.mjs) have in common. One function for each operation; what
// each one traces is what oracle.py's does.
import { Task, is_cancelled } from '../../build/api/index.js';
import * as asyncio from '../../build/api/index.js';
import { PLAIN_SCOPES, Scopes } from './javascript_scopes.mjs';
import { PLAIN_THINGS, Things } from './javascript_things.mjs';
import { CATCHES, KINDS } from './operations.mjs';
import { primitiveOf } from './operations_locks.mjs';
import { ApplicationError, boolean, refused, show } from './show.mjs';

const MOST_INSTANCES = 60;
export const END = 1000; // seconds

const CLASSES = KINDS.map((name) => asyncio[name] ?? ApplicationError);

export function error({ flag, text }) {
  return new CLASSES[flag](text);
}

export function catches(flag, failure) {
  if (flag < CLASSES.length) return failure instanceof CLASSES[flag];
  return CATCHES[flag] === 'BaseException' || !is_cancelled(failure);
}

// What as_completed gave by failing; to be cancelled ends the operation.
export function givenFailure(me, op, failure) {
  if (!is_cancelled(failure)) return show(failure);
  me.event(op, show(failure));
  throw failure;
}

export { VirtualClock } from '../tools/virtual_clock.mjs';
export { limit } from './javascript_things.mjs';

// A body that runs, or a callback.
export class Instance {
  handling = [];

  constructor(run, name) {
    this.run = run;
    this.name = name;
  }

  event(op, text) {
    this.run.trace(`${this.name} ${op.id} ${op.op} ${text}`);
  }
}

// [coroutine] makes one of a body, from the run and the body's number.
export class Run {
  lines = [];
  made = [];
  created = 0;
  started = 0;
  dead = false;

  constructor(runtime, loop, program, coroutine) {
    this.asyncio = runtime;
    this.program = program;
    this.coroutine = coroutine;
    this.loop = loop;
    this.start = loop.time();
    this.slots = Array(program.slots).fill(null);
    this.handles = Array(program.handles).fill(null);
    this.generators = Array(program.bodies.length).fill(null);
    this.scopes = new Scopes(runtime);
    this.things = new Things(runtime, program.sizes);
    this.callbacks = program.callbacks.map((ops, index) => this.#callback(ops, new Instance(this, `c${index}`)));
    loop.set_exception_handler((_, context) => this.#handle(context));
  }

  trace(text) {
    if (!this.dead) this.lines.push(`${this.loop.time() - this.start} ${text}`);
  }

  label(future) {
    const index = this.made.indexOf(future);
    return `f${index < 0 ? this.made.push(future) - 1 : index}`;
  }

  #handle({ message, exception }) {
    if (message.includes('shielded future')) this.trace(`handler shield ${show(exception)}`);
    else if (message.includes('closing of asynchronous generator')) this.trace(`handler generator ${show(exception)}`);
    else if (message.includes('exception during')) this.trace(`handler shutdown ${show(exception)}`);
    else if (message.includes('callback')) this.trace(`handler callback ${show(exception)}`);
  }

  // Begins an instance of a body, as a coroutine ('b') or a generator ('g').
  begin(index, kind = 'b') {
    const me = new Instance(this, `${kind}${index}.${++this.started}`);
    this.trace(`${me.name} starts`);
    return me;
  }

  #callback(ops, me) {
    return (future) => {
      this.trace(`${me.name} runs${future === undefined ? '' : ` ${this.label(future)}`}`);
      for (const op of ops) {
        if (this.dead) return;
        PLAIN[op.op](me, op);
      }
    };
  }

  // Whether one more instance may be made, which then counts.
  room() {
    return this.created < MOST_INSTANCES && ++this.created > 0;
  }

  item(number) {
    if (number >= 0) return this.slots[number];
    if (!this.room()) return null;
    return primitiveOf(number) ? this.things.primitive(number) : this.coroutine(this, -1 - number);
  }

  items(op) {
    return op.items.map((number) => this.item(number)).filter((one) => one !== null);
  }

  // Once: what is left from then on leaves no trace.
  finish() {
    if (!this.dead) this.#end();
    this.dead = true;
  }

  #end() {
    this.made.forEach((future, index) => {
      const task = future instanceof Task;
      const cancelling = task ? ` cancelling ${future.cancelling()}` : '';
      this.trace(`end f${index} ${task ? 'task' : 'future'} ${state(future)}${cancelling}`);
    });
  }
}

// Body 0 as a task of the loop that the host drives.
export async function runByHost(runtime, program, body) {
  const loop = runtime.create_task(async () => {}).get_loop();
  const run = new Run(runtime, loop, program, body);
  run.slots[0] = runtime.create_task(body(run, 0));
  run.label(run.slots[0]);
  await runtime.sleep(END);
  run.finish();
  return run.lines;
}

// What a done future gives, or what it fails with.
function outcomeOf(future) {
  try {
    return { value: future.result() };
  } catch (failure) {
    return { value: failure, failed: true };
  }
}

function state(future) {
  if (!future.done()) return 'pending';
  const { value, failed } = outcomeOf(future);
  return `${future.cancelled() ? 'cancelled' : failed ? 'failed' : 'finished'} ${show(value)}`;
}

// ---- Operations that never suspend

export const gathered = ({ run }, op) => run.asyncio.gather(...run.items(op), { return_exceptions: Boolean(op.flag) });

// Fills the slot with what [make] gives; null: nothing.
const making = (make, none) => (me, op) => {
  const { run } = me;
  const future = make(me, op, op.items.length > 0 && op.op !== 'make_gather' ? run.item(op.items[0]) : undefined);
  if (future === null) return me.event(op, none);
  run.slots[op.slot] = future;
  me.event(op, run.label(future));
};

const onSlot = (use) => (me, op) => {
  const subject = me.run.slots[op.slot];
  me.event(op, subject === null ? 'empty' : use(subject, op, me.run));
};

const onSelf = (use) => (me, op) => me.event(op, use(me.run.asyncio.current_task(), op));

const words = (text) => text ?? undefined;

export const PLAIN = {
  spawn: making(({ run }, op, coroutine) => coroutine && run.loop.create_task(coroutine), 'full'),
  make_gather: making(gathered),
  make_shield: making(({ run }, op, item) => item && run.asyncio.shield(item), 'empty'),
  future: making(({ run }) => run.loop.create_future()),

  set_result: onSlot((subject, op) => refused(() => subject.set_result(op.number))),
  set_exception: onSlot((subject, op) => refused(() => subject.set_exception(error(op)))),
  cancel: onSlot((subject, op) => boolean(subject.cancel(words(op.text)))),
  uncancel: onSlot((subject) => String(subject.uncancel())),
  cancelling: onSlot((subject) => String(subject.cancelling())),
  look: onSlot(
    (subject) => `${boolean(subject.done())} ${boolean(subject.cancelled())} ${show(outcomeOf(subject).value)}`,
  ),
  add_callback: onSlot((subject, op, run) => refused(() => subject.add_done_callback(run.callbacks[op.items[0]]))),
  remove_callback: onSlot((subject, op, run) => String(subject.remove_done_callback(run.callbacks[op.items[0]]))),

  cancel_self: onSelf((task, op) => boolean(task.cancel(words(op.text)))),
  uncancel_self: onSelf((task) => String(task.uncancel())),
  cancelling_self: onSelf((task) => String(task.cancelling())),

  count_tasks(me, op) {
    me.event(op, String(me.run.asyncio.all_tasks(me.run.loop).size));
  },

  call_soon(me, op) {
    const { run } = me;
    run.handles[op.slot] = run.loop.call_soon(run.callbacks[op.items[0]]);
    me.event(op, 'ok');
  },

  call_later(me, op) {
    const { run } = me;
    run.handles[op.slot] = run.loop.call_later(op.number, run.callbacks[op.items[0]]);
    me.event(op, `ok ${run.handles[op.slot].when() - run.start}`);
  },

  cancel_handle(me, op) {
    const handle = me.run.handles[op.slot];
    if (handle === null) return me.event(op, 'empty');
    const before = handle.cancelled();
    handle.cancel();
    me.event(op, `${boolean(before)} ${boolean(handle.cancelled())}`);
  },

  raise(me, op) {
    me.event(op, show(error(op)));
    throw error(op);
  },

  reraise(me, op) {
    me.event(op, show(me.handling.at(-1)));
    throw me.handling.at(-1);
  },

  return(me, op) {
    me.event(op, String(op.number));
    return [op.number];
  },

  ...PLAIN_THINGS,
  ...PLAIN_SCOPES,
};
