// SPDX-License-Identifier: MIT
// The embedded runtime and two loaded programs together: their awaitables in one another's combinators, cancellations
// and errors from each to the others.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { turn } from '../../tools/host.mjs';
import * as asyncio from './support.mjs';

const { CancelledError, RuntimeError, TimeoutError, ValueError } = asyncio;

let here, one, two;
before(async () => {
  const create = await asyncio.factory('exports', 'load_mixing');
  here = asyncio.virtual();
  [one, two] = [await asyncio.loadVirtual(create), await asyncio.loadVirtual(create)];
});

// Runs [body] in each runtime in turn, as what the others are foreign to.
const inEach = async (body) => {
  for (const [runtime, ...others] of [
    [here, one, two],
    [one, two, here],
    [two, here, one],
  ])
    await body(runtime, ...others);
};

// Nothing is left waiting, in JavaScript or in C.
after(async () => {
  for (const app of [one, two]) {
    assert.equal(await app.running_now(), 0);
    await turn();
    assert.equal(app.all_tasks().size, 0);
    app.close();
  }
  assert.equal(here.all_tasks().size, 0);
  here.close();
});

function* answer(value) {
  yield* here.sleep(0.1);
  return value;
}

test('gather takes what belongs to any runtime, in order', () =>
  inEach(async (runtime) => {
    const gather = () =>
      runtime.gather(
        one.rest(0.3, 'one'),
        two.create_task(two.rest(0.2, 'two')),
        answer('generator'),
        Promise.resolve('promise'),
        async () => one.echo_text('async'),
        here.create_task(answer('task')),
      );
    const wanted = ['one', 'two', 'generator', 'promise', 'async', 'task'];
    assert.deepEqual(await gather(), wanted);
    function* main() {
      return yield* gather();
    }
    assert.deepEqual(await runtime.run(main()), wanted);
  }));

test('a cancelled gather cancels the coroutines of every runtime, in C too', () =>
  inEach(async (runtime) => {
    const before = (await one.cancelled_so_far()) + (await two.cancelled_so_far());
    const task = two.create_task(two.rest(Infinity, 'task'));
    const gather = runtime.gather(one.rest(Infinity, 'one'), task, here.sleep(Infinity));
    for (let i = 0; i < 10; i++) await turn();
    gather.cancel('enough');
    const error = await asyncio.rejection(gather);
    assert.ok(error instanceof CancelledError);
    assert.ok(task.cancelled());
    assert.equal(`${await asyncio.rejection(task)}`, 'CancelledError: enough');
    assert.equal((await one.cancelled_so_far()) + (await two.cancelled_so_far()), before + 2);
  }));

test('a task that is cancelled in its own runtime is cancelled where it is awaited', () =>
  inEach(async (runtime, foreign) => {
    const task = foreign.create_task(foreign === here ? here.sleep(Infinity) : foreign.rest(Infinity, 'task'));
    const gather = runtime.gather(task, runtime.sleep(0, 'own'));
    for (let i = 0; i < 10; i++) await turn();
    task.cancel('from its own side');
    assert.equal(`${await asyncio.rejection(gather)}`, 'CancelledError: from its own side');
  }));

test('an error is the same object on every side, through C and generators', () =>
  inEach(async (runtime) => {
    const mistake = new RangeError('of JavaScript');
    const reject = () => Promise.reject(mistake);
    function* passes() {
      return yield* two.await_call(() => one.await_call(reject));
    }
    assert.equal(await asyncio.rejection(runtime.create_task(passes())), mistake);
    assert.equal(await asyncio.rejection(runtime.gather(passes(), runtime.sleep(0))), mistake);
    for (const thrown of [undefined, 'text', 42, null, Symbol('mark')])
      assert.equal(await asyncio.rejection(runtime.create_task(one.await_call(() => Promise.reject(thrown)))), thrown);
  }));

test('also when cleanup in C times out and fails in between', async () => {
  const mistake = new ValueError('asyncio has this class too');
  assert.equal(await asyncio.rejection(one.await_and_clean_up(() => Promise.reject(mistake))), mistake);
  assert.equal(
    await asyncio.rejection(here.gather(two.await_and_clean_up(async () => one.throw_from_javascript(mistake)))),
    mistake,
  );
});

test('an exception that JavaScript throws through C comes out as itself, and the others go on', async () => {
  const mistake = new Error('thrown through C');
  const other = one.create_task(one.rest(0.1, 'other'));
  assert.equal(await asyncio.rejection(one.throw_from_javascript(mistake)), mistake);
  assert.equal(await other, 'other');
});

test('a run that ends in a turn which an exception cuts short ends all the same', async () => {
  const mistake = new Error('thrown through C');
  const [ending, lasting] = [one.new_event_loop(), one.new_event_loop()];
  const run = ending.run_until_complete(one.rest(0, 'ended'));
  const last = lasting.run_until_complete(async () => {
    assert.equal(await asyncio.rejection(one.create_task(one.throw_from_javascript(mistake))), mistake);
    return run;
  });
  assert.equal(await last, 'ended');
  [ending, lasting].forEach((loop) => loop.close());
});

test("C's errors come as their classes, the same object each time", () =>
  inEach(async (runtime) => {
    const task = one.create_task(one.fail(-4, 'a value'));
    const gather = runtime.gather(
      task,
      two.fail(-2, 'time'),
      { then: (_, reject) => reject(7) },
      { return_exceptions: true },
    );
    const [value, time, seven] = await gather;
    assert.ok(value instanceof ValueError && time instanceof TimeoutError);
    assert.equal(seven, 7);
    assert.equal(value, task.exception());
    assert.deepEqual([value.message, time.message], ['a value', 'time']);
    assert.equal(
      `${await asyncio.rejection(one.fail(0, ''))}`,
      "ValueError: Expected [status] to be an error's, got 0",
    );
  }));

const QUOTA_ERROR = -1002; // see exports.c

test("an application's errors have the names that it gave its statuses, and keep those on their way", () =>
  inEach(async (runtime) => {
    const unnamed = await asyncio.rejection(one.fail(-1001, 'of the application'));
    const error = await asyncio.rejection(runtime.create_task(one.fail(QUOTA_ERROR, 'no more')));
    assert.ok(error instanceof asyncio.ApplicationError && !(error instanceof RuntimeError));
    assert.deepEqual([`${unnamed}`, `${error}`], ['ApplicationError: of the application', 'QuotaError: no more']);
    assert.deepEqual([unnamed.status, error.status], [-1001, QUOTA_ERROR]);
    assert.deepEqual(Object.keys(error), ['status']);
    function* passes() {
      throw error;
    }
    assert.equal(await asyncio.rejection(runtime.create_task(passes())), error);
    const [listed] = await runtime.gather(one.fail(QUOTA_ERROR, ''), { return_exceptions: true });
    assert.equal(`${listed.name}: ${listed.message}`, 'QuotaError: ');
  }));

test('in C they are their statuses again, in their own program alone', async () => {
  const error = await asyncio.rejection(one.fail(QUOTA_ERROR, 'no more'));
  const made = new asyncio.ApplicationError('no more', 'QuotaError', QUOTA_ERROR);
  const statusIn = (runtime, thrown) => {
    const loop = runtime.new_event_loop();
    const future = loop.create_future();
    future.set_exception(thrown);
    const status = runtime.core.c.status(future.pointer);
    assert.equal(future.exception(), thrown);
    loop.close();
    return status;
  };
  assert.deepEqual([one, two, here].map((runtime) => statusIn(runtime, error)), [QUOTA_ERROR, -13, -13]);
  assert.equal(statusIn(one, made), -13);
});

test('JavaScript awaits C, which awaits JavaScript, which awaits C', async () => {
  const trace = asyncio.tracer();
  function* inner() {
    trace('inner');
    return yield* one.echo_text('deep');
  }
  function* outer() {
    const text = yield* one.await_call(() => one.create_task(inner()));
    trace(text);
    return text;
  }
  assert.equal(await one.run(outer()), 'deep');
  assert.deepEqual(trace.lines, ['inner', 'deep']);
});

test('wait_for cancels a C function in any runtime, and waits for its cleanup', () =>
  inEach(async (runtime) => {
    const before = await one.cancelled_so_far();
    const error = await asyncio.rejection(runtime.wait_for(one.rest(Infinity, 'late'), 0.5));
    assert.ok(error instanceof TimeoutError, String(error));
    assert.equal(await one.cancelled_so_far(), before + 1);
    assert.equal(await runtime.wait_for(one.rest(0, 'in time'), null), 'in time');
  }));

test('an AbortSignal cancels a C function, which aborts what it awaits', async () => {
  const controller = new AbortController();
  let signal;
  const waits = (given) => new Promise(() => (signal = given));
  const task = one.create_task(one.await_call(waits), { signal: controller.signal });
  while (!signal) await turn();
  controller.abort(new Error('no longer wanted'));
  assert.equal(`${await asyncio.rejection(task)}`, 'CancelledError: no longer wanted');
  assert.ok(signal.aborted);
});

test('shield and wait take tasks of C', async () => {
  const inner = one.create_task(one.rest(0.2, 'shielded'));
  const shield = here.shield(inner);
  shield.cancel();
  assert.ok((await asyncio.rejection(shield)) instanceof CancelledError);
  const [done, pending] = await here.wait([inner, two.create_task(two.rest(0.1, 'two'))]);
  assert.deepEqual([done.size, pending.size], [2, 0]);
  assert.equal(await inner, 'shielded');
});

test('a coroutine of one runtime becomes a task of another, once', async () => {
  const call = one.rest(0.1, 'moved');
  const task = two.create_task(call);
  assert.equal(
    `${asyncio.thrown(() => here.create_task(call))}`,
    'RuntimeError: cannot reuse already awaited coroutine',
  );
  assert.equal(await task, 'moved');
  const never = one.rest(0.1, 'never');
  const cancelled = two.create_task(never);
  cancelled.cancel();
  assert.ok((await asyncio.rejection(cancelled)) instanceof CancelledError);
  assert.equal(await one.running_now(), 0);
});
