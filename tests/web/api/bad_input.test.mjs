// SPDX-License-Identifier: MIT
// What JavaScript can get wrong: each row is a mistake, the class and the exact words that it is answered with; after
// each a fresh task completes as if nothing had been.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as asyncio from './support.mjs';

const { gather, wait, wait_for, shield, sleep, create_task, run, ensure_future, new_event_loop } = asyncio.virtual();

const { CancelledError, InvalidStateError, RuntimeError, TypeError, ValueError } = asyncio;

const NO_COROUTINE = 'Expected [coroutine] to be a coroutine or an async function, got';

function* nothing() {}

function used() {
  const coroutine = nothing();
  create_task(coroutine);
  return coroutine;
}

function closed() {
  const loop = new_event_loop();
  loop.close();
  return loop;
}

const withLoop = async (use) => {
  const loop = new_event_loop();
  loop.set_exception_handler(() => {});
  try {
    return await use(loop);
  } finally {
    loop.close();
  }
};

const future = () => asyncio_loop().create_future();
const asyncio_loop = () => create_task(nothing()).get_loop();
const done = () => {
  const made = future();
  made.set_result(1);
  return made;
};
const cancelled = () => {
  const made = future();
  made.cancel();
  return made;
};
const task = () => create_task(nothing());
const hostileGetter = {
  get then() {
    throw new RangeError('from a getter');
  },
};
const hostileProxy = new Proxy(
  {},
  {
    get() {
      throw new RangeError('from a proxy');
    },
    getPrototypeOf() {
      throw new RangeError('from a proxy');
    },
  },
);
const throwingThen = {
  then() {
    throw new RangeError('from then');
  },
};
const settlesTwice = {
  then(resolve, reject) {
    reject(new RangeError('the first counts'));
    resolve(1);
    throw new Error('and nothing after it');
  },
};
const coroutine = (body) =>
  run(
    (function* () {
      return yield* body();
    })(),
  );

// [the mistake, its class, its words, what makes it]
const ROWS = [
  [
    'create_task of nothing',
    TypeError,
    'Expected [coroutine] to be a coroutine or an async function, got undefined',
    () => create_task(),
  ],
  [
    'create_task of a number',
    TypeError,
    'Expected [coroutine] to be a coroutine or an async function, got 42',
    () => create_task(42),
  ],
  [
    'create_task of a string',
    TypeError,
    'Expected [coroutine] to be a coroutine or an async function, got "f"',
    () => create_task('f'),
  ],
  [
    'create_task of a promise',
    TypeError,
    `${NO_COROUTINE} a Promise: give the async function itself, not what calling it returns`,
    () => create_task((async () => {})()),
  ],
  [
    'create_task of a generator function',
    TypeError,
    'Expected [coroutine] to be a coroutine, got a generator function: call it',
    () => create_task(nothing),
  ],
  [
    'create_task of a task',
    TypeError,
    'Expected [coroutine] to be a coroutine or an async function, got a future: it is scheduled already',
    () => create_task(task()),
  ],
  [
    'create_task of a used coroutine',
    RuntimeError,
    'cannot reuse already awaited coroutine',
    () => create_task(used()),
  ],
  ['create_task of a hostile proxy', RangeError, 'from a proxy', () => create_task(hostileProxy)],
  [
    'create_task with a signal that is none',
    TypeError,
    'Expected [signal] to be an AbortSignal, got "now"',
    () => create_task(nothing(), { signal: 'now' }),
  ],
  ['create_task on a closed loop', RuntimeError, 'Event loop is closed', () => closed().create_task(nothing())],
  [
    'a sleep awaited twice',
    RuntimeError,
    'cannot reuse already awaited coroutine',
    () =>
      coroutine(function* () {
        const nap = sleep(1);
        yield* nap;
        yield* nap;
      }),
  ],
  [
    'a pause awaited twice',
    RuntimeError,
    'cannot reuse already awaited coroutine',
    () =>
      coroutine(function* () {
        const nap = sleep(0);
        yield* nap;
        yield* nap;
      }),
  ],
  ['sleep of a string', TypeError, 'Expected [delay] to be a number, got "1"', () => sleep('1')],
  ['sleep of nothing', TypeError, 'Expected [delay] to be a number, got undefined', () => sleep()],
  ['sleep of a bigint', TypeError, 'Expected [delay] to be a number, got 1n', () => sleep(1n)],
  ['sleep of NaN', ValueError, 'Expected [delay] to be a number, got NaN', () => run(sleep(NaN))],
  ['run of nothing', TypeError, 'Expected [coroutine] to be a coroutine or an async function, got undefined', () => run()],
  [
    'run of a promise',
    TypeError,
    'Expected [coroutine] to be a coroutine or an async function, got a Promise: give the async function itself, not what calling it returns',
    () => run(Promise.resolve()),
  ],
  [
    'run of a generator function',
    TypeError,
    'Expected [coroutine] to be a coroutine, got a generator function: call it',
    () => run(nothing),
  ],
  [
    'yield of a number',
    TypeError,
    'Expected [the value yielded] to be an awaitable, got 7',
    () =>
      coroutine(function* () {
        yield 7;
      }),
  ],
  [
    'yield of null',
    TypeError,
    'Expected [the value yielded] to be an awaitable, got null',
    () =>
      coroutine(function* () {
        yield null;
      }),
  ],
  [
    'yield of a generator function',
    TypeError,
    'Expected [the value yielded] to be a coroutine, got a generator function: call it',
    () =>
      coroutine(function* () {
        yield nothing;
      }),
  ],
  [
    'yield of a thenable with a hostile getter',
    RangeError,
    'from a getter',
    () =>
      coroutine(function* () {
        yield hostileGetter;
      }),
  ],
  [
    'yield of a thenable whose then throws',
    RangeError,
    'from then',
    () =>
      coroutine(function* () {
        yield throwingThen;
      }),
  ],
  [
    'yield of a thenable that settles twice',
    RangeError,
    'the first counts',
    () =>
      coroutine(function* () {
        yield settlesTwice;
      }),
  ],
  ['gather of a number', TypeError, 'Expected [awaitables[1]] to be an awaitable, got 5', () => gather(sleep(1), 5)],
  [
    'gather of a used coroutine',
    RuntimeError,
    'cannot reuse already awaited coroutine',
    () => gather(sleep(1), used()),
  ],
  ['gather of a thenable whose then throws', RangeError, 'from then', () => gather(throwingThen)],
  ['wait for a number', TypeError, 'Expected [futures] to be an iterable of futures, got 5', () => wait(5)],
  [
    'wait for a future that is in no list',
    TypeError,
    'Expected [futures] to be an iterable of futures, got a single one',
    () => coroutine(() => wait(future())),
  ],
  [
    'wait for a coroutine that is in no list',
    TypeError,
    'Expected [futures] to be an iterable of futures, got a single one',
    () => wait(sleep(1)),
  ],
  ['wait for nothing', ValueError, 'Set of Tasks/Futures is empty.', () => run(wait([]))],
  [
    'wait for a coroutine',
    TypeError,
    'Expected [futures] to be futures or tasks, got a coroutine at 0: make it a task first',
    () => run(wait([nothing()])),
  ],
  [
    'wait with another word',
    ValueError,
    'Invalid return_when value: "SOME"',
    () => run(wait([task()], { return_when: 'SOME' })),
  ],
  [
    'wait with a NaN timeout',
    ValueError,
    'Expected [timeout] to be a number, got NaN',
    () => coroutine(() => wait([future()], { timeout: NaN })),
  ],
  ['wait_for a number', TypeError, 'Expected [awaitable] to be an awaitable, got 3', () => run(wait_for(3, 1))],
  [
    'wait_for with a string',
    TypeError,
    'Expected [timeout] to be a number, got "1"',
    () => run(wait_for(sleep(1), '1')),
  ],
  ['wait_for with NaN', ValueError, 'Expected [timeout] to be a number, got NaN', () => run(wait_for(sleep(1), NaN))],
  ['shield of a string', TypeError, 'Expected [awaitable] to be an awaitable, got "x"', () => shield('x')],
  [
    'ensure_future of an object',
    TypeError,
    'Expected [awaitable] to be an awaitable, got an object (Object)',
    () => ensure_future({}),
  ],
  ['the result of a pending future', InvalidStateError, 'Result is not set', () => future().result()],
  ['the exception of a pending future', InvalidStateError, 'Exception is not set', () => future().exception()],
  ['a second result', InvalidStateError, 'The future is finished already', () => done().set_result(2)],
  [
    'a result for a cancelled future',
    InvalidStateError,
    'The future is cancelled already',
    () => cancelled().set_result(2),
  ],
  ['the result of a cancelled future', CancelledError, '', () => cancelled().result()],
  ['a result for a task', RuntimeError, 'The outcome of a task cannot be set from outside', () => task().set_result(1)],
  [
    'an exception that is none',
    TypeError,
    'Expected [exception] to be an Error, got "oops"',
    () => future().set_exception('oops'),
  ],
  ['a cancel message that is none', TypeError, 'Expected [message] to be a string, got 1', () => task().cancel(1)],
  [
    'a done callback that is none',
    TypeError,
    'Expected [callback] to be a function, got null',
    () => task().add_done_callback(null),
  ],
  [
    'call_soon of nothing',
    TypeError,
    'Expected [callback] to be a function, got undefined',
    () => withLoop((loop) => loop.call_soon()),
  ],
  [
    'call_soon of a coroutine function',
    TypeError,
    'Expected [callback] to be a plain function, got a coroutine function: make it a task',
    () => withLoop((loop) => loop.call_soon(nothing)),
  ],
  [
    'call_later with NaN',
    ValueError,
    'Expected [delay] to be a number, got NaN',
    () => withLoop((loop) => loop.call_later(NaN, () => {})),
  ],
  [
    'call_at with a date',
    TypeError,
    'Expected [when] to be a number, got an object (Date)',
    () => withLoop((loop) => loop.call_at(new Date(), () => {})),
  ],
  ['call_soon on a closed loop', RuntimeError, 'Event loop is closed', () => closed().call_soon(() => {})],
  ['run_forever of a closed loop', RuntimeError, 'Event loop is closed', () => closed().run_forever()],
  [
    'run_until_complete of a closed loop',
    RuntimeError,
    'Event loop is closed',
    () => closed().run_until_complete(nothing()),
  ],
  ['a rejection with undefined', undefined, undefined, () => run(async () => Promise.reject())],
  ['a rejection with a string', undefined, 'just words', () => run(async () => Promise.reject('just words'))],
  [
    'a throw of a number',
    undefined,
    0,
    () =>
      coroutine(function* () {
        throw 0;
      }),
  ],
  ['a rejection with a hostile proxy', undefined, hostileProxy, () => run(async () => Promise.reject(hostileProxy))],
];

async function answer(make) {
  try {
    await make();
  } catch (error) {
    return { error };
  }
  return undefined;
}

for (const [mistake, type, words, make] of ROWS) {
  test(mistake, async () => {
    const answered = await answer(make);
    assert.ok(answered, 'Expected an error, got none');
    if (type) assert.deepEqual([answered.error instanceof type, answered.error.message], [true, words]);
    else assert.ok(Object.is(answered.error, words));
    assert.equal(await create_task(sleep(1, 'fresh')), 'fresh');
  });
}

test('a throwing done callback and a throwing exception handler stop nothing', async (t) => {
  const reported = t.mock.method(console, 'error', () => {});
  await withLoop(async (loop) => {
    loop.set_exception_handler(() => {
      throw new Error('in the handler');
    });
    const made = loop.create_future();
    made.add_done_callback(() => {
      throw new Error('in a callback');
    });
    made.set_result(1);
    loop.call_soon(() => loop.call_soon(() => loop.stop()));
    await loop.run_forever();
  });
  assert.equal(reported.mock.callCount(), 2);
  assert.equal(await create_task(sleep(1, 'fresh')), 'fresh');
});
