// SPDX-License-Identifier: MIT
// Eager tasks and task factories, as tests/core/eager.c and tests/async/task_factory.c have them in C.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  Task,
  TypeError,
  create_eager_task_factory,
  eager_task_factory,
  rejection,
  thrown,
  tracer,
  virtual,
} from './support.mjs';

const asyncio = virtual();
const { create_task, current_task, gather, sleep } = asyncio;
const coroutineTest = (name, body) => test(name, () => asyncio.run(body()));
const loopTest = (name, body) =>
  coroutineTest(name, function* () {
    const { values } = asyncio.core.bridge;
    const loop = current_task().get_loop();
    const size = values.size; // this test's coroutine and task
    yield* body(loop);
    loop.set_task_factory(null);
    yield* sleep(0);
    assert.equal(values.size, size);
  });

function* answers(trace, seconds) {
  trace(`starts as ${current_task().get_name()}`);
  if (seconds !== undefined) yield* sleep(seconds);
  trace('ends');
  return 42;
}

coroutineTest('an eager task runs at once until it waits', function* () {
  const trace = tracer();
  const task = create_task(answers(trace, 1), { name: 'eager', eager_start: true });
  trace('created');
  assert.deepEqual([task.done(), task.get_name(), current_task() === task], [false, 'eager', false]);
  assert.equal(yield* task, 42);
  assert.deepEqual(trace.lines, ['starts as eager', 'created', 'ends']);
});

loopTest('a shield of what an eager factory has run to its end is that task', function* (loop) {
  loop.set_task_factory(eager_task_factory);
  const done = asyncio.shield(answers(() => {}));
  const put = asyncio.shield(new asyncio.Queue().put(1));
  assert.deepEqual([done, put].map((one) => [one instanceof Task, one.done()]), [[true, true], [true, true]]);
  assert.deepEqual([yield* done, yield* put], [42, undefined]);
  const pending = asyncio.shield(answers(() => {}, 1));
  assert.ok(!(pending instanceof Task));
  assert.equal(yield* pending, 42);
});

coroutineTest('one that need not wait is done when it is made', function* () {
  const trace = tracer();
  const task = create_task(answers(trace), { eager_start: true });
  assert.ok(task instanceof Task);
  assert.deepEqual([task.done(), task.result(), asyncio.all_tasks().has(task)], [true, 42, false]);
  assert.equal(yield* task, 42);
  const error = new RangeError('own');
  const failed = create_task(
    (function* () {
      throw error;
    })(),
    { eager_start: true },
  );
  assert.equal(failed.exception(), error);
});

coroutineTest('it is the task that it sees, and its maker goes on as before', function* () {
  const outer = current_task();
  let inner;
  const task = create_task(
    (function* () {
      inner = current_task();
    })(),
    { eager_start: true },
  );
  assert.deepEqual([inner === task, current_task() === outer], [true, true]);
});

coroutineTest('async functions start eagerly too, and are told of their cancellation', function* () {
  const trace = tracer();
  const task = create_task(
    async (own) => {
      trace('starts');
      await new Promise((resolve) => own.signal.addEventListener('abort', resolve));
      trace('aborted');
      throw own.signal.reason;
    },
    { eager_start: true },
  );
  assert.deepEqual(trace.lines, ['starts']);
  task.cancel();
  yield* asyncio.wait([task]);
  assert.deepEqual([task.cancelled(), trace.lines.at(-1)], [true, 'aborted']);
});

test('code that no loop has called starts tasks eagerly on the loop that the host drives', async () => {
  const trace = tracer();
  const task = create_task(answers(trace, 1), { eager_start: true, name: 'click' });
  assert.deepEqual(trace.lines, ['starts as click']);
  assert.equal(current_task(), null);
  assert.equal(await task, 42);
});

test('a loop that does not run starts them when it does', async () => {
  const trace = tracer();
  const loop = asyncio.new_event_loop();
  const task = loop.create_task(answers(trace), { eager_start: true });
  assert.deepEqual([trace.lines, task.done()], [[], false]);
  assert.equal(await loop.run_until_complete(task), 42);
  loop.close();
});

coroutineTest('a group\'s tasks may be eager', function* () {
  const trace = tracer();
  yield* new asyncio.TaskGroup().with(function* (group) {
    const task = group.create_task(answers(trace), { eager_start: true });
    assert.equal(task.done(), true);
    group.create_task(answers(trace, 1), { eager_start: true, name: 'b' });
    trace('the body');
  });
  assert.deepEqual(trace.lines.slice(2), ['starts as b', 'the body', 'ends']);
});

loopTest('the eager factory makes all tasks eager', function* (loop) {
  const trace = tracer();
  loop.set_task_factory(eager_task_factory);
  assert.equal(loop.get_task_factory(), eager_task_factory);
  const task = create_task(answers(trace), { name: 'by the factory' });
  assert.deepEqual([task.result(), task.get_name()], [42, 'by the factory']);
  assert.equal(create_task(answers(trace), { eager_start: false }).done(), false);
  assert.deepEqual(yield* gather(answers(trace), answers(trace, 1)), [42, 42]);
});

loopTest('a factory is asked for all tasks of its loop', function* (loop) {
  const trace = tracer();
  const made = [];
  loop.set_task_factory((given, coroutine, options) => {
    assert.equal(given, loop);
    trace(`${asyncio.iscoroutine(coroutine)} ${Object.keys(options)}`);
    made.push(given.new_task(coroutine, { ...options, name: options.name ?? `made ${made.length}` }));
    return made.at(-1);
  });
  const own = answers(() => {}, 1);
  const task = create_task(own, { name: 'own' });
  assert.deepEqual([task === made[0], task.get_name()], [true, 'own']);
  assert.deepEqual(yield* gather(answers(() => {}), sleep(1, 7)), [42, 7]);
  yield* new asyncio.TaskGroup().with((group) => {
    const grouped = group.create_task(answers(() => {}), { name: 'grouped', context: asyncio.copy_context() });
    assert.equal(grouped, made[3]);
  });
  assert.deepEqual(
    made.map((each) => each.get_name()),
    ['own', 'made 1', 'made 2', 'grouped'],
  );
  assert.deepEqual(trace.lines, ['true name', 'true ', 'true ', 'true name,context']);
  yield* task;
});

loopTest('an eager factory may be of one\'s own making', function* (loop) {
  const names = [];
  const factory = create_eager_task_factory((given, coroutine, options) => {
    names.push(options.name);
    return given.new_task(coroutine, options);
  });
  loop.set_task_factory(factory);
  assert.equal(create_task(answers(() => {}), { name: 'x' }).done(), true);
  assert.deepEqual(yield* gather(answers(() => {})), [42]);
  assert.deepEqual(names, ['x', undefined]);
});

loopTest('a factory that fails is the failure of who wants a task', function* (loop) {
  const error = new RangeError('no more');
  loop.set_task_factory(() => {
    throw error;
  });
  assert.equal(thrown(() => create_task(sleep(1))), error);
  assert.equal(thrown(() => gather(sleep(1))), error);
  const words = 'Expected the task factory to give a task of its loop, got undefined';
  loop.set_task_factory(() => undefined);
  for (const wanted of [() => create_task(sleep(1)), () => gather(sleep(1))]) {
    assert.ok(thrown(wanted) instanceof TypeError);
    assert.equal(thrown(wanted).message, words);
  }
  const old = yield* gather();
  loop.set_task_factory(null);
  const done = create_task(sleep(0));
  yield* done;
  loop.set_task_factory(() => done);
  assert.match(thrown(() => gather(sleep(1))).message, /to make a task of the coroutine, got an old one/);
  assert.deepEqual(old, []);
});

test('what is no factory is refused', async () => {
  const loop = asyncio.new_event_loop();
  assert.equal(thrown(() => loop.set_task_factory(7)).message, 'Expected [factory] to be a function, got 7');
  assert.equal(thrown(() => create_eager_task_factory()).message, 'Expected [make] to be a function, got undefined');
  loop.set_task_factory(eager_task_factory);
  loop.close();
  assert.equal(thrown(() => loop.set_task_factory(null)).message, 'Event loop is closed');
  assert.ok((await rejection(asyncio.run(async () => create_task(7, { eager_start: true })))) instanceof TypeError);
});
