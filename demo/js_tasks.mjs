// SPDX-License-Identifier: MIT
// The JavaScript tasks of the demo page: the same scenes as generator functions and as async functions.
import * as asyncio from 'wasyncio';

const CLEANUP = 0.4; // seconds
const LIMIT = 1.6;

const random_pause = () => 0.3 + 0.5 * Math.random();

// ---- Generator functions: CancelledError is thrown in at the yield.

const generator = {
  *work(life, steps, fails) {
    try {
      for (let i = 0; i < steps; i++) {
        life.step();
        yield* asyncio.sleep(random_pause());
      }
    } catch (error) {
      life.cleaning();
      yield* asyncio.sleep(CLEANUP);
      throw error;
    }
    life.step();
    if (fails) throw new Error('no luck today');
  },

  *awaiting(life, make) {
    life.step();
    yield* make();
    life.step();
  },
};

// ---- Async functions: they are told of their cancellation by the task's signal, and use the browser's own timers.

function timer(seconds, signal) {
  return new Promise((resolve, reject) => {
    const id = setTimeout(resolve, seconds * 1e3);
    const stop = () => {
      clearTimeout(id);
      reject(signal.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}

// What an async function awaits is its own to cancel.
function cancelled_with(task, future) {
  task.signal.addEventListener('abort', () => future.cancel(), { once: true });
  return future;
}

const async_function = {
  work: (life, steps, fails) => async (task) => {
    try {
      for (let i = 0; i < steps; i++) {
        life.step();
        await timer(random_pause(), task.signal);
      }
    } catch (error) {
      life.cleaning();
      await timer(CLEANUP);
      throw error;
    }
    life.step();
    if (fails) throw new Error('no luck today');
  },

  awaiting: (life, make) => async (task) => {
    life.step();
    await cancelled_with(task, asyncio.ensure_future(make()));
    life.step();
  },
};

const KINDS = { generator, async: async_function };

// ---- Scenes.

function report_end(life, task) {
  if (task.cancelled()) return life.end('cancelled');
  const error = task.exception();
  if (error instanceof asyncio.TimeoutError) return life.end('timed_out', 'TimeoutError');
  return error ? life.end('failed', error.message) : life.end('finished');
}

/** The scenes of [kind], drawn among [lives]; [next] gives the number of a new family. */
export function js_scenes(lives, kind, next) {
  const { work, awaiting } = KINDS[kind];

  const begin = (name, parent, make) => {
    const life = lives.born({ name, kind, parent });
    const task = asyncio.create_task(make(life), { name });
    life.cancel = () => task.cancel();
    task.add_done_callback(() => report_end(life, task));
    return { life, task };
  };
  const child = (name, parent, steps) => begin(name, parent, (life) => work(life, steps, false)).task;

  return {
    start: () => void begin(`task ${next()}`, undefined, (life) => work(life, 5, false)),
    fail: () => void begin(`unlucky ${next()}`, undefined, (life) => work(life, 3, true)),
    gather() {
      const three = (life) => asyncio.gather(...['a', 'b', 'c'].map((name, i) => child(name, life, 3 + i)));
      begin(`gather ${next()}`, undefined, (life) => awaiting(life, () => three(life)));
    },
    limit() {
      const limited = (life) => asyncio.wait_for(child('too slow', life, 8), LIMIT);
      begin(`limit ${next()}`, undefined, (life) => awaiting(life, () => limited(life)));
    },
    shield() {
      const shielded = (life) => asyncio.shield(child('shielded', life, 5));
      const { task } = begin(`request ${next()}`, undefined, (life) => awaiting(life, () => shielded(life)));
      asyncio.get_running_loop().call_later(1, () => task.cancel());
    },
  };
}
