// SPDX-License-Identifier: MIT
// What console.log() and String() make of asyncio's objects.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ValueError, create_runtime, virtual } from './support.mjs';

const asyncio = virtual();
const inspect = Symbol.for('nodejs.util.inspect.custom');

// As String() has it, and Node.js's console.
function shown(object) {
  assert.equal(object[inspect](), String(object));
  return String(object);
}

test('a task is shown with its name, its state and its outcome', async () => {
  const texts = await asyncio.run(async () => {
    const tasks = [
      asyncio.create_task(asyncio.sleep(1, 7), { name: 'sleeps' }),
      asyncio.create_task(async () => 'text'),
      asyncio.create_task(
        (function* () {
          throw new ValueError('words');
        })(),
      ),
      asyncio.create_task(asyncio.sleep(9)),
    ];
    const before = tasks.map(shown);
    tasks[3].cancel();
    await asyncio.sleep(2);
    const after = tasks.map(shown);
    assert.equal(tasks[2].exception().message, 'words');
    return [before, after];
  });
  assert.deepEqual(texts, [
    [
      "<Task pending name='sleeps'>",
      "<Task pending name='Task-2'>",
      "<Task pending name='Task-3'>",
      "<Task pending name='Task-4'>",
    ],
    [
      "<Task finished name='sleeps' result=7>",
      '<Task finished name=\'Task-2\' result="text">',
      "<Task finished name='Task-3' exception=ValueError: words>",
      "<Task cancelled name='Task-4'>",
    ],
  ]);
});

test('to show a failed future is not to have looked at it', async () => {
  const own = virtual();
  const loop = own.new_event_loop();
  const told = [];
  loop.set_exception_handler((_, { message }) => told.push(message));
  const future = loop.create_future();
  assert.equal(shown(future), '<Future pending>');
  future.set_exception(new Error('failed'));
  assert.equal(shown(future), '<Future finished exception=Error: failed>');
  loop.close();
  assert.deepEqual(told, ['Exception was never retrieved']);
});

test('loops, handles and coroutines are shown in a few words', async () => {
  const loop = asyncio.new_event_loop();
  assert.equal(shown(loop), '<EventLoop running=false closed=false debug=false>');
  const soon = loop.call_soon(function tick() {});
  assert.equal(shown(soon), '<Handle tick()>');
  soon.cancel();
  assert.equal(shown(soon), '<Handle cancelled>');
  const later = loop.call_at(2.5, () => {});
  assert.equal(shown(later), '<TimerHandle when=2.5 ()>');
  const sleep = asyncio.sleep(0);
  assert.equal(shown(sleep), '<Coroutine unused>');
  await loop.run_until_complete(sleep);
  assert.equal(shown(sleep), '<Coroutine used>');
  loop.close();
  assert.equal(shown(loop), '<EventLoop running=false closed=true debug=false>');
});

test('locks, queues and scopes are shown with their state', () => {
  const own = virtual();
  const queue = new own.Queue(2);
  queue.put_nowait('item');
  const event = new own.Event();
  event.set();
  const objects = [
    new own.Lock(),
    new own.Semaphore(0),
    new own.Condition(),
    event,
    new own.Barrier(3),
    queue,
    own.timeout_at(4),
    new own.TaskGroup(),
    own.as_completed([]),
  ];
  assert.deepEqual(objects.map(shown), [
    '<Lock [unlocked]>',
    '<Semaphore [locked]>',
    '<Condition [unlocked]>',
    '<Event [set]>',
    '<Barrier [waiters:0/3]>',
    '<Queue maxsize=2 size=1>',
    '<Timeout [created]>',
    '<TaskGroup [created]>',
    '<AsCompleted left=0>',
  ]);
});

test('a lock, an event and a barrier are shown as they are while they are used', async () => {
  const own = virtual();
  const [lock, event, barrier] = [new own.Lock(), new own.Event(), new own.Barrier(2)];
  const used = await own.run((function* () {
    yield* lock.acquire();
    const waiting = own.create_task(barrier.wait());
    yield* own.sleep(0);
    const texts = [lock, event, barrier].map(shown);
    yield* barrier.abort();
    yield* own.gather(waiting, { return_exceptions: true });
    lock.release();
    return [...texts, shown(lock), shown(barrier)];
  })());
  assert.deepEqual(used, [
    ...['<Lock [locked]>', '<Event [unset]>', '<Barrier [waiters:1/2]>'],
    ...['<Lock [unlocked]>', '<Barrier [broken]>'],
  ]);
});

test('a timeout is shown as active, with its time, while its body runs, and then as expired or finished', async () => {
  const own = virtual();
  const texts = await own.run((function* () {
    const [some, none, late] = [own.timeout_at(4), own.timeout(null), own.timeout(1)];
    const during = [];
    const look = (limit) => during.push(shown(limit));
    yield* some.with(look);
    yield* none.with(look);
    const slow = function* () {
      try {
        yield* own.sleep(2);
      } finally {
        look(late);
      }
    };
    yield* own.gather(late.with(slow), { return_exceptions: true });
    return [...during, ...[some, none, late].map(shown)];
  })());
  assert.deepEqual(texts, [
    ...['<Timeout [active] when=4>', '<Timeout [active] when=null>', '<Timeout [expiring]>'],
    ...['<Timeout [finished]>', '<Timeout [finished]>', '<Timeout [expired]>'],
  ]);
});

test('a variable is shown with its default, a token with its variable', () => {
  const own = virtual();
  const variable = new own.ContextVar('plain');
  const other = new own.ContextVar('other', { default: 123 });
  assert.deepEqual([variable, other].map(shown), ["<ContextVar name='plain'>", "<ContextVar name='other' default=123>"]);
  const token = variable.set(1);
  assert.equal(shown(token), "<Token var=<ContextVar name='plain'>>");
  variable.reset(token);
  assert.equal(shown(token), "<Token used var=<ContextVar name='plain'>>");
});

test('what is left of a closed runtime can be shown too', () => {
  const own = create_runtime();
  const objects = [new own.Lock(), own.new_event_loop().create_future(), own.create_task(own.sleep(1))];
  own.close();
  assert.deepEqual(objects.map(shown), [
    '<Lock>',
    '<Future pending>',
    "<Task cancelled name='Task-1'>",
  ]);
});
