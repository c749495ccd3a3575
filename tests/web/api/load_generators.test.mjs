// SPDX-License-Identifier: MIT
// What a loaded C program has in common with asyncio in JavaScript beyond coroutines: asynchronous generators,
// contexts, task factories and listings.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { collect, turn, without } from '../../tools/host.mjs';
import { Coroutine, ExportedGenerator, RuntimeError, StopAsyncIteration, TypeError, ValueError } from './support.mjs';
import { factory, loadVirtual, rejection, thrown, tracer } from './support.mjs';

let app;
before(async () => {
  app = await loadVirtual(await factory('generators', 'load_generators'));
});
after(async () => {
  assert.equal(await app.running_now(), 0);
  app.close();
});

test('for await goes through a generator of C', async () => {
  const items = [];
  for await (const item of app.counts(3)) items.push(item);
  assert.deepEqual(items, [1, 2, 3]);
  assert.ok(app.counts(1) instanceof ExportedGenerator);
});

test('leaving the loop closes it', async () => {
  const closed = await app.closed_so_far();
  for await (const item of app.counts(9)) if (item === 2) break;
  assert.equal(await app.closed_so_far(), closed + 1);
});

test('a generator function goes through it with anext', async () => {
  await app.run(
    (function* () {
      const generator = app.counts(2);
      assert.ok(generator.anext() instanceof Coroutine);
      assert.deepEqual([yield* generator.anext(), yield* generator.anext()], [1, 2]);
      try {
        yield* generator.anext();
        assert.fail('it has ended');
      } catch (error) {
        assert.ok(error instanceof StopAsyncIteration);
      }
      yield* generator.aclose();
      assert.deepEqual(yield generator.next(), { done: true, value: undefined });
    })(),
  );
});

test('a cancellation of the task that waits in one ends it, and then there is nothing more', async () => {
  await app.run(
    (function* () {
      const generator = app.counts(9);
      const asks = function* () {
        assert.equal(yield* app.anext(generator), 1);
        yield* app.anext(generator);
      };
      const task = app.create_task(asks());
      yield* app.sleep(1.5);
      task.cancel('enough');
      const [error] = yield* app.gather(task, { return_exceptions: true });
      assert.deepEqual([error.name, error.message], ['CancelledError', 'enough']);
      assert.equal(yield* app.anext(generator, 'none'), 'none');
      const [end] = yield* app.gather(app.anext(generator), { return_exceptions: true });
      assert.ok(end instanceof StopAsyncIteration);
    })(),
  );
});

test('cleanup may go through one, and be cancelled as it waits in it', async () => {
  const trace = tracer();
  await app.run(
    (function* () {
      const body = function* () {
        try {
          yield* app.sleep(100);
        } finally {
          const generator = app.counts(9);
          trace(yield* app.anext(generator));
          trace(yield* app.anext(generator));
        }
      };
      const task = app.create_task(body());
      yield* app.sleep(1);
      task.cancel('once');
      yield* app.sleep(1.5);
      task.cancel('twice');
      const [error] = yield* app.gather(task, { return_exceptions: true });
      trace(error.message);
    })(),
  );
  assert.deepEqual(trace.lines, [1, 'twice']);
});

test('values are sent and errors thrown in', async () => {
  const first = { first: true };
  const generator = app.echoes(first);
  assert.ok((await rejection(generator.asend(1))) instanceof TypeError);
  assert.equal((await generator.next()).value, first);
  const sent = Symbol('sent');
  assert.equal(await generator.asend(sent), sent);
  assert.equal((await generator.next('text')).value, 'text');
  assert.equal(await generator.athrow(new RangeError('own')), 'JSError');
  const error = new ValueError('own');
  assert.equal(await rejection(generator.throw(error)), error);
  assert.deepEqual(await generator.return('end'), { done: true, value: 'end' });
});

test('one task at a time is in it', async () => {
  const generator = app.counts(9);
  const [one, two] = [app.create_task(generator.anext()), app.create_task(generator.anext())];
  const error = await rejection(two);
  assert.deepEqual([error instanceof RuntimeError, error.message], [
    true,
    'anext(): asynchronous generator is already running',
  ]);
  assert.equal(await one, 1);
  one.cancel();
  const third = app.create_task(generator.anext());
  await app.sleep(0.5);
  third.cancel();
  assert.equal((await rejection(third)).name, 'CancelledError');
  assert.equal((await generator.next()).done, true);
});

test('what it yields is held against its type, and its arguments against theirs', async () => {
  assert.equal(
    (await rejection(app.words('text', 1n).anext())).message,
    'Expected the result of words() to be of type const char *, got nothing',
  );
  assert.match(thrown(() => app.words('text', 1)).message, /Expected \[number\] of words\(\) to be/);
  assert.match(thrown(() => app.words('text')).message, /words\(\) takes 2 arguments/);
  assert.equal(thrown(() => app.counts(1).athrow(7)).message, 'Expected [error] to be an Error, got 7');
});

test('one that goes on when it is closed is told so', async () => {
  const generator = app.insists();
  assert.equal((await generator.next()).value, 7n);
  assert.equal((await rejection(generator.aclose())).message, 'async generator ignored GeneratorExit');
});

test('those that are left open are closed as the run ends', async () => {
  const closed = await app.closed_so_far();
  const generators = [app.counts(9), app.counts(9)];
  await app.run(
    (function* () {
      yield* generators[0].anext();
      yield* app.gather(generators[1].anext(), app.sleep(0));
    })(),
  );
  assert.equal(await app.closed_so_far(), closed + 2);
  assert.equal((await generators[0].next()).done, true);
});

test('one that nobody has any more is closed by a task', { skip: without('collect') }, async () => {
  const closed = await app.closed_so_far();
  await (async () => {
    await app.counts(9).next();
  })();
  for (let i = 0; i < 20 && (await app.closed_so_far()) === closed; i++) {
    await collect();
    await turn();
    await app.sleep(2);
  }
  assert.equal(await app.closed_so_far(), closed + 1);
});

test('they leave no memory behind', { skip: without('collect') }, async () => {
  const use = async () => {
    for (let i = 0; i < 100; i++) {
      for await (const item of app.echoes({ i })) if (item) break;
      app.words('never begun', 1n);
    }
    for (let i = 0; i < 5; i++) {
      await collect();
      await turn();
    }
  };
  await use();
  const [memory, handles] = [await app.used_memory(), app.core.bridge.values.size];
  await use();
  await use();
  assert.equal(app.core.bridge.values.size, handles);
  assert.ok((await app.used_memory()) - memory < 1024, `${(await app.used_memory()) - memory} bytes more`);
});

test('a coroutine of C, and the tasks that it makes, see the context of the task', async () => {
  const trace = tracer();
  const user = new app.ContextVar('user', { default: 'nobody' });
  await app.run(
    (function* () {
      user.set('own');
      const task = app.create_task(app.call_thrice(() => trace(`${app.current_task().get_name()} ${user.get()}`)), {
        name: 'C',
      });
      user.set('later');
      yield* task;
    })(),
  );
  assert.deepEqual(trace.lines, ['C own', 'C own', "C's own own"]);
});

test('a factory of JavaScript is asked for the tasks that C makes', async () => {
  const made = [];
  await app.run(
    (function* () {
      app.get_running_loop().set_task_factory((loop, coroutine, options) => {
        made.push(options.name);
        return loop.new_task(coroutine, { ...options, eager_start: true });
      });
      yield* app.create_task(app.call_thrice(() => {}), { name: 'C', stack_size: 9000 });
    })(),
  );
  assert.deepEqual(made, ['C', "C's own"]);
});

test('tasks of C and of JavaScript are listed together, and watched in debug mode', async () => {
  const contexts = [];
  await app.run(
    (function* () {
      app.get_running_loop().set_exception_handler((_, context) => contexts.push(context));
      const task = app.create_task(app.call_thrice(() => {}), { name: 'C' });
      const waiter = app.create_task(
        (function* () {
          yield task;
        })(),
        { name: 'JavaScript' },
      );
      yield* app.sleep(0.5);
      assert.equal(
        app.format_task_tree().split('\n').slice(1).join('\n'),
        '└── JavaScript (coroutine) waits for C\n    └── C (call_thrice) waits for sleep',
      );
      const graph = app.capture_call_graph(task);
      assert.deepEqual([graph.call_stack, graph.awaited_by[0].future === waiter], [['call_thrice'], true]);
      app.call_thrice(() => {});
      yield* waiter;
    })(),
    { debug: true },
  );
  assert.deepEqual(contexts.map(({ message }) => message), ['A coroutine was never awaited']);
});
