// SPDX-License-Identifier: MIT
// timeout, timeout_at and TaskGroup from JavaScript: what of the end of a body comes out, and what is cancelled.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  CancelledError,
  ExceptionGroup,
  RuntimeError,
  TimeoutError,
  is_cancelled,
  rejection,
  thrown,
  tracer,
  virtual,
} from './support.mjs';

const asyncio = virtual();
const { TaskGroup, create_task, sleep, timeout, timeout_at } = asyncio;
const coroutineTest = (name, body) => test(name, () => asyncio.run(body()));
const now = () => asyncio.get_running_loop().time();

function* outcome(awaitable) {
  try {
    return { value: yield awaitable };
  } catch (error) {
    return { error };
  }
}

function* fails(error, delay = 0) {
  yield* sleep(delay);
  throw error;
}

coroutineTest('a body within its limit gives its value', function* () {
  const limit = timeout(2);
  const start = now();
  const value = yield* limit.with(function* (given) {
    assert.equal(given, limit);
    yield* sleep(1);
    return 'in time';
  });
  assert.deepEqual([value, limit.expired(), limit.when()], ['in time', false, start + 2]);
});

coroutineTest('a body beyond its limit is a TimeoutError, whose cause is the cancellation', function* () {
  const limit = timeout(1);
  const start = now();
  const { error } = yield* outcome(limit.with(() => sleep(Infinity)));
  assert.ok(error instanceof TimeoutError);
  assert.ok(error.cause instanceof CancelledError);
  assert.deepEqual([now() - start, limit.expired()], [1, true]);
  assert.equal(asyncio.current_task().cancelling(), 0);
});

test('an async function is told by its signal that its limit has passed', async () => {
  const trace = tracer();
  const body = async (_, task) => {
    await new Promise((resolve) => task.signal.addEventListener('abort', resolve));
    trace('aborted');
    throw task.signal.reason;
  };
  assert.ok((await rejection(timeout(1).with(body))) instanceof TimeoutError);
  assert.deepEqual(trace.lines, ['aborted']);
});

coroutineTest('what a body throws comes out as the same object', function* () {
  const error = new RangeError('own');
  assert.equal((yield* outcome(timeout(1).with(() => fails(error)))).error, error);
  const late = yield* outcome(
    timeout(1).with(function* () {
      try {
        yield* sleep(5);
      } catch {
        throw error;
      }
    }),
  );
  assert.equal(late.error, error);
});

coroutineTest('the cancellation of another stays a cancellation', function* () {
  const task = create_task(timeout(1).with(() => sleep(Infinity)));
  yield* sleep(0.5);
  task.cancel('by another');
  const { error } = yield* outcome(task);
  assert.deepEqual([is_cancelled(error), error.message], [true, 'by another']);
});

coroutineTest('of two limits the one that passes is told', function* () {
  const { error } = yield* outcome(
    timeout(5).with(function* (outer) {
      const inner = yield* outcome(timeout(1).with(() => sleep(Infinity)));
      assert.ok(inner.error instanceof TimeoutError);
      assert.equal(outer.expired(), false);
      yield* sleep(10);
    }),
  );
  assert.ok(error instanceof TimeoutError);
});

coroutineTest('a limit is moved, and taken away', function* () {
  const start = now();
  yield* timeout_at(start + 1).with(function* (limit) {
    limit.reschedule(start + 3);
    yield* sleep(2);
    limit.reschedule(null);
    assert.equal(limit.when(), null);
    yield* sleep(9);
  });
  const limit = timeout(null);
  assert.equal(limit.when(), null);
  const { error } = yield* outcome(
    limit.with(function* () {
      limit.reschedule(now());
      yield* sleep(1);
    }),
  );
  assert.ok(error instanceof TimeoutError);
});

coroutineTest('a group ends when all its tasks have', function* () {
  const trace = tracer();
  const value = yield* new TaskGroup().with(function* (group) {
    group.create_task(
      (function* () {
        yield* sleep(1);
        group.create_task(async () => trace('a task of a task'));
        trace('a task');
      })(),
      { name: 'first' },
    );
    trace('the body');
    return 'its value';
  });
  trace('the end');
  assert.equal(value, 'its value');
  assert.deepEqual(trace.lines, ['the body', 'a task', 'a task of a task', 'the end']);
});

coroutineTest('a task that fails cancels the others and the body', function* () {
  const trace = tracer();
  const [first, second] = [new RangeError('first'), new TypeError('second')];
  const { error } = yield* outcome(
    new TaskGroup().with(function* (group) {
      group.create_task(fails(first, 1));
      group.create_task(
        (function* () {
          try {
            yield* sleep(Infinity);
          } finally {
            trace('a task was cancelled');
            throw second;
          }
        })(),
      );
      try {
        yield* sleep(Infinity);
      } finally {
        trace('the body was cancelled');
      }
    }),
  );
  assert.ok(error instanceof ExceptionGroup && error instanceof AggregateError);
  assert.equal(error.message, 'unhandled errors in a TaskGroup (2 sub-exceptions)');
  assert.deepEqual([error.exceptions[0] === first, error.exceptions[1] === second], [true, true]);
  assert.equal(error.errors.length, 2);
  assert.deepEqual(trace.lines.sort(), ['a task was cancelled', 'the body was cancelled']);
  assert.equal(asyncio.current_task().cancelling(), 0);
});

coroutineTest('a body that fails cancels the tasks, and is among the errors', function* () {
  const error = new RangeError('the body');
  let task;
  const group = yield* outcome(
    new TaskGroup().with(async (group) => {
      task = group.create_task(sleep(Infinity));
      throw error;
    }),
  );
  assert.equal(group.error.exceptions[0], error);
  assert.equal(task.cancelled(), true);
});

coroutineTest('groups within groups keep their errors apart', function* () {
  const { error } = yield* outcome(
    new TaskGroup().with(function* (outer) {
      outer.create_task(new TaskGroup().with((inner) => void inner.create_task(fails(new RangeError('deep')))));
      yield* sleep(1);
    }),
  );
  assert.ok(error.exceptions[0] instanceof ExceptionGroup);
  assert.equal(error.exceptions[0].exceptions[0].message, 'deep');
});

coroutineTest('a group that is cancelled ends without an error', function* () {
  const start = now();
  const value = yield* new TaskGroup().with(function* (group) {
    group.create_task(sleep(Infinity));
    group.cancel();
    yield* sleep(Infinity);
  });
  assert.deepEqual([value, now()], [undefined, start]);
});

coroutineTest('the cancellation of its parent cancels a group and is passed on', function* () {
  let child;
  const parent = create_task(
    new TaskGroup().with((group) => {
      child = group.create_task(sleep(Infinity));
    }),
  );
  yield* sleep(1);
  parent.cancel('enough');
  const { error } = yield* outcome(parent);
  assert.deepEqual([is_cancelled(error), error.message, child.cancelled()], [true, 'enough', true]);
});

coroutineTest('a signal ends a group, and one task of it', function* () {
  const [all, one] = [new AbortController(), new AbortController()];
  let [first, second] = [];
  const running = create_task(
    new TaskGroup().with(
      (group) => {
        first = group.create_task(sleep(Infinity), { signal: one.signal });
        second = group.create_task(sleep(Infinity));
      },
      { signal: all.signal },
    ),
  );
  yield* sleep(1);
  one.abort(new Error('one'));
  yield* sleep(1);
  assert.deepEqual([first.cancelled(), second.done()], [true, false]);
  all.abort(new Error('all'));
  assert.equal((yield* outcome(running)).error.message, 'all');
  assert.equal(second.cancelled(), true);
});

coroutineTest('a scope is entered once', function* () {
  const [limit, group] = [timeout(1), new TaskGroup()];
  const refused = function* () {
    const again = [yield* outcome(limit.with(() => 1)), yield* outcome(group.with(() => 2))];
    assert.deepEqual(
      again.map(({ error }) => [error instanceof RuntimeError, error.message]),
      [
        [true, 'Timeout has already been entered'],
        [true, 'TaskGroup has already been entered'],
      ],
    );
  };
  yield* limit.with(() => group.with(refused));
  yield* refused();
  assert.equal(thrown(() => limit.reschedule(9)).message, 'Cannot change state of finished Timeout');
});
