// SPDX-License-Identifier: MIT
// JavaScript's generators as coroutines, over the package. One function for each operation; what each one traces is what
// oracle.py's does.
import { create_runtime, Task, is_cancelled } from '../../build/api/index.js';
import * as asyncio from '../../build/api/index.js';
import { CATCHES, KINDS, WHEN } from './operations.mjs';

const END = 1000; // seconds
const MOST_INSTANCES = 60;

class ApplicationError extends Error {}

const CLASSES = KINDS.map((name) => asyncio[name] ?? ApplicationError);

function error({ flag, text }) {
  return new CLASSES[flag](text);
}

function catches(flag, failure) {
  if (flag < CLASSES.length) return failure instanceof CLASSES[flag];
  return CATCHES[flag] === 'BaseException' || !is_cancelled(failure);
}

function show(value) {
  if (value === undefined || value === null) return 'None';
  if (Array.isArray(value)) return `[${value.map(show).join(',')}]`;
  if (value instanceof ApplicationError) return `ApplicationError(${value.message})`;
  if (value instanceof Error) return `${value.name}(${value.message})`;
  return String(value);
}

const boolean = (value) => (value ? 'True' : 'False');
const limit = (number) => (number === Infinity ? null : number);

class VirtualClock {
  #now = 0;
  #armed;

  now() {
    return this.#now;
  }

  wake_at(when, wake) {
    clearImmediate(this.#armed);
    if (when === Infinity) return;
    this.#armed = setImmediate(() => {
      this.#now = Math.max(this.#now, when);
      wake();
    });
  }
}

// A body that runs, or a callback.
class Instance {
  handling = [];

  constructor(run, name) {
    this.run = run;
    this.name = name;
  }

  event(op, text) {
    this.run.trace(`${this.name} ${op.id} ${op.op} ${text}`);
  }
}

// A program under way.
class Run {
  lines = [];
  made = [];
  created = 0;
  started = 0;
  dead = false;

  constructor(runtime, program) {
    this.asyncio = runtime;
    this.program = program;
    this.loop = runtime.new_event_loop();
    this.start = this.loop.time();
    this.slots = Array(program.slots).fill(null);
    this.handles = Array(program.handles).fill(null);
    this.callbacks = program.callbacks.map((ops, index) => this.#callback(ops, new Instance(this, `c${index}`)));
    this.loop.set_exception_handler((loop, context) => this.#handle(context));
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
    else if (message.includes('callback')) this.trace(`handler callback ${show(exception)}`);
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

  item(number) {
    if (number >= 0) return this.slots[number];
    if (this.created >= MOST_INSTANCES) return null;
    this.created++;
    return body(this, -1 - number);
  }

  items(op) {
    return op.items.map((number) => this.item(number)).filter((one) => one !== null);
  }

  end() {
    this.made.forEach((future, index) => {
      const task = future instanceof Task;
      const cancelling = task ? ` cancelling ${future.cancelling()}` : '';
      this.trace(`end f${index} ${task ? 'task' : 'future'} ${state(future)}${cancelling}`);
    });
  }
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

function* body(run, index) {
  if (run.dead) return undefined;
  const me = new Instance(run, `b${index}.${++run.started}`);
  run.trace(`${me.name} starts`);
  let returned;
  try {
    returned = yield* block(me, run.program.bodies[index]);
  } catch (failure) {
    run.trace(`${me.name} raises ${show(failure)}`);
    throw failure;
  }
  run.trace(`${me.name} returns ${show(returned?.[0])}`);
  return returned?.[0];
}

// Undefined, or the value of a return in a list.
function* block(me, ops) {
  for (const op of ops) {
    if (me.run.dead) return undefined;
    const wait = WAITING[op.op];
    const returned = wait ? yield* wait(me, op) : PLAIN[op.op](me, op);
    if (returned) return returned;
  }
  return undefined;
}

// ---- Operations that may suspend

function* outcome(me, op, make) {
  let value;
  try {
    value = yield make();
  } catch (failure) {
    me.event(op, show(failure));
    throw failure;
  }
  me.event(op, `ok ${show(value)}`);
}

function* given(me, op, use) {
  const item = me.run.item(op.items[0]);
  if (item === null) return me.event(op, 'empty');
  yield* outcome(me, op, () => use(item));
}

const WAITING = {
  *sleep(me, op) {
    yield* outcome(me, op, () => me.run.asyncio.sleep(op.number));
  },

  *await(me, op) {
    const future = me.run.slots[op.slot];
    if (future === null) return me.event(op, 'empty');
    yield* outcome(me, op, () => future);
  },

  // With flag as JavaScript delegates to a generator, without the core's frame.
  *call(me, op) {
    const coroutine = me.run.item(op.items[0]);
    if (coroutine === null) return me.event(op, 'full');
    if (!op.flag) return yield* outcome(me, op, () => coroutine);
    try {
      me.event(op, `ok ${show(yield* coroutine)}`);
    } catch (failure) {
      me.event(op, show(failure));
      throw failure;
    }
  },

  *gather(me, op) {
    yield* outcome(me, op, () => gathered(me, op));
  },

  *wait(me, op) {
    const { run } = me;
    const futures = run.items(op);
    let done;
    try {
      [done] = yield* run.asyncio.wait(futures, { timeout: limit(op.number), return_when: WHEN[op.flag] });
    } catch (failure) {
      me.event(op, show(failure));
      throw failure;
    }
    me.event(op, `ok ${futures.map((one) => `${run.label(one)}=${done.has(one) ? 'done' : 'pending'}`)}`);
  },

  *wait_for(me, op) {
    yield* given(me, op, (item) => me.run.asyncio.wait_for(item, limit(op.number)));
  },

  *shield(me, op) {
    yield* given(me, op, (item) => me.run.asyncio.shield(item));
  },

  *try_finally(me, op) {
    let returned;
    let overruled;
    try {
      returned = yield* block(me, op.blocks[0]);
    } finally {
      overruled = yield* block(me, op.blocks[1]);
      if (overruled) return overruled; // eslint-disable-line no-unsafe-finally
    }
    return returned;
  },

  *try_except(me, op) {
    try {
      return yield* block(me, op.blocks[0]);
    } catch (failure) {
      if (me.run.dead || !catches(op.flag, failure)) throw failure;
      me.event(op, `caught ${show(failure)}`);
      me.handling.push(failure);
      try {
        return yield* block(me, op.blocks[1]);
      } finally {
        me.handling.pop();
      }
    }
  },

  *repeat(me, op) {
    for (let i = 0; i < op.number; i++) {
      const returned = yield* block(me, op.blocks[0]);
      if (returned) return returned;
    }
    return undefined;
  },
};

// ---- Operations that never suspend

const gathered = ({ run }, op) => run.asyncio.gather(...run.items(op), { return_exceptions: Boolean(op.flag) });

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

function refused(call) {
  try {
    call();
    return 'ok';
  } catch (failure) {
    return show(failure);
  }
}

const words = (text) => text ?? undefined;

const PLAIN = {
  spawn: making(({ run }, op, coroutine) => coroutine && run.loop.create_task(coroutine), 'full'),
  make_gather: making(gathered),
  make_shield: making(({ run }, op, item) => item && run.asyncio.shield(item), 'empty'),
  future: making(({ run }) => run.loop.create_future()),

  set_result: onSlot((subject, op) => refused(() => subject.set_result(op.number))),
  set_exception: onSlot((subject, op) => refused(() => subject.set_exception(error(op)))),
  cancel: onSlot((subject, op) => boolean(subject.cancel(words(op.text)))),
  uncancel: onSlot((subject) => String(subject.uncancel())),
  cancelling: onSlot((subject) => String(subject.cancelling())),
  look: onSlot((subject) => `${boolean(subject.done())} ${boolean(subject.cancelled())} ${show(outcomeOf(subject).value)}`),
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
};

async function runProgram(runtime, program) {
  const run = new Run(runtime, program);
  const { loop } = run;
  run.slots[0] = loop.create_task(body(run, 0));
  run.label(run.slots[0]);
  loop.call_at(run.start + END, () => loop.stop());
  await loop.run_forever();
  run.end();
  run.dead = true;
  loop.close();
  return run.lines;
}

// A function from programs to their traces.
export function openGenerators() {
  const runtime = create_runtime({ clock: new VirtualClock() });
  return async (programs) => {
    const traces = [];
    for (const program of programs) traces.push(await runProgram(runtime, program));
    return traces;
  };
}
