// SPDX-License-Identifier: MIT
// JavaScript's generators as coroutines: the operations that may suspend.
import { create_runtime } from '../../build/api/index.js';
import { PLAIN_GENERATORS } from './async_generators.mjs';
import { WAITING_ITERATION } from './generators_iteration.mjs';
import { WAITING_THINGS } from './generators_things.mjs';
import { END, PLAIN, Run, VirtualClock, catches, gathered, limit, runByHost } from './javascript_run.mjs';
import { WHEN } from './operations.mjs';
import { show } from './show.mjs';

function* body(run, index) {
  if (run.dead) return undefined;
  const me = run.begin(index);
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
export function* block(me, ops) {
  for (const op of ops) {
    if (me.run.dead) return undefined;
    const wait = WAITING[op.op];
    const returned = wait ? yield* wait(me, op) : (PLAIN[op.op] ?? PLAIN_GENERATORS[op.op])(me, op);
    if (returned) return returned;
  }
  return undefined;
}

// ---- Operations that may suspend

export function* outcome(me, op, make) {
  let value;
  try {
    value = op.form ? yield make() : yield* make();
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

  *call(me, op) {
    const coroutine = me.run.item(op.items[0]);
    if (coroutine === null) return me.event(op, 'full');
    yield* outcome(me, op, () => coroutine);
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

  ...WAITING_THINGS,
  ...WAITING_ITERATION,
};

// The operations whose steps are the loop's own, and that a Runner may run the program.
export const KNOWN = new Set([...Object.keys(WAITING), ...Object.keys(PLAIN), 'runner', 'async_iteration']);
for (const name of Object.keys(WAITING_ITERATION)) if (name !== 'as_completed') KNOWN.delete(name);

// Body 0 as a task, until the last moment.
async function runLoop(run) {
  const { loop } = run;
  run.slots[0] = loop.create_task(body(run, 0));
  run.label(run.slots[0]);
  loop.call_at(run.start + END, () => loop.stop());
  await loop.run_forever();
}

async function runOnce(run, runner, index) {
  const last = run.loop.call_later(END, () => run.loop.stop());
  const result = await runner.run(body(run, index)).catch((failure) => failure);
  last.cancel();
  run.trace(`runner ran b${index} ${show(result)}`);
}

// Some bodies one after another; then the runner is closed. What resists its cancellation for too long is given up.
async function runRunner(run) {
  const { loop } = run;
  const runner = new run.asyncio.Runner({ loop_factory: () => loop });
  for (const index of run.program.runs) await runOnce(run, runner, index);
  loop.call_later(END, () => {
    run.finish();
    loop.stop();
  });
  run.trace('runner closes');
  await runner.close().catch(() => {});
}

// On the loop that the host drives asynchronous generators go on in any case.
async function runProgram(runtime, program) {
  if (program.byHost) return runByHost(runtime, program, body);
  const run = new Run(runtime, runtime.new_event_loop(), program, body);
  await (program.runs.length > 0 ? runRunner : runLoop)(run);
  run.finish();
  run.loop.close();
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
