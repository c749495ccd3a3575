// SPDX-License-Identifier: MIT
// Call graphs and listings of tasks, as tests/async/graph.c has them in C.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TypeError, create_runtime, thrown, virtual } from './support.mjs';

const asyncio = virtual();
const { create_task, gather, sleep } = asyncio;
const coroutineTest = (name, body) => test(name, () => asyncio.run(body()));

function* holds(lock) {
  yield* lock.with(() => sleep(5));
}

function* waits(awaitable) {
  yield* sleep(0);
  return yield awaitable;
}

coroutineTest('a graph has what goes on in a task, and who awaits it', function* () {
  const lock = new asyncio.Lock();
  create_task(holds(lock), { name: 'holder' });
  const worker = create_task(waits(lock.acquire()), { name: 'worker' });
  const both = create_task(waits(gather(worker, sleep(1))), { name: 'gathering' });
  const waiter = create_task(waits(worker), { name: 'waiter' });
  yield* sleep(1);
  const graph = asyncio.capture_call_graph(worker);
  assert.equal(graph.future, worker);
  assert.deepEqual([graph.call_stack, graph.waits_for], [['acquire', 'coroutine', 'coroutine'], 'lock']);
  assert.deepEqual(
    graph.awaited_by.map(({ future, waits_for }) => [future === both || future === waiter, waits_for]),
    [
      [true, 'gather'],
      [true, 'worker'],
    ],
  );
  assert.deepEqual(asyncio.capture_call_graph(worker, { limit: 1 }).call_stack, ['acquire']);
  assert.deepEqual(asyncio.capture_call_graph(worker, { limit: 0 }).call_stack, []);
  const lines = asyncio.format_call_graph(worker).split('\n');
  assert.deepEqual(lines.slice(0, 3), ["* Task(name='worker')", '  + Call stack:', '  |   async acquire()']);
  assert.ok(lines.includes('  + Waits for: lock') && lines.includes("    * Task(name='waiter')"));
});

coroutineTest('of the current task, and of what is done', function* () {
  const current = asyncio.capture_call_graph();
  assert.deepEqual([current.future, current.waits_for], [asyncio.current_task(), null]);
  assert.match(asyncio.format_call_graph(), /^\* Task\(name='Task-1'\)\n {2}\+ Call stack:\n {2}\| {3}async coroutine\(\)$/);
  const done = create_task(sleep(0), { name: 'done' });
  yield* done;
  const graph = asyncio.capture_call_graph(done);
  assert.deepEqual([graph.call_stack, graph.waits_for, graph.awaited_by], [[], null, []]);
  assert.equal(asyncio.format_call_graph(done), "* Task(name='done')");
  const future = asyncio.get_running_loop().create_future();
  const task = create_task(waits(future), { name: 'awaits a future' });
  yield* sleep(1);
  assert.equal(asyncio.format_call_graph(future).split('\n')[0], '* Future()');
  assert.equal(asyncio.capture_call_graph(future).awaited_by[0].future, task);
  future.set_result(1);
  assert.equal(asyncio.format_call_graph(future).split('\n')[0], '* Future()');
});

coroutineTest('tasks that wait for each other are told once', function* () {
  const tasks = [];
  function* circle(other) {
    yield* sleep(0);
    yield tasks[other];
  }
  tasks.push(create_task(circle(1), { name: 'a' }), create_task(circle(0), { name: 'b' }));
  yield* sleep(1);
  const graph = asyncio.capture_call_graph(tasks[0]);
  const around = graph.awaited_by[0].awaited_by[0];
  assert.deepEqual([around.future, around.awaited_by], [tasks[0], []]);
  assert.match(asyncio.format_call_graph(tasks[0]), /as above: they wait for each other/);
  assert.match(asyncio.format_task_tree(), /In a circle, or awaited by one:/);
});

coroutineTest('the tasks of a loop are listed, and drawn as a tree', function* () {
  const worker = create_task(sleep(5), { name: 'worker' });
  create_task(waits(worker), { name: 'waiter' });
  yield* sleep(1);
  const loop = asyncio.get_running_loop();
  assert.equal(
    asyncio.format_tasks(loop),
    ['  Task-1 (coroutine) is running', '  worker (sleep) waits for sleep', '  waiter (coroutine) waits for worker'].join(
      '\n',
    ),
  );
  assert.equal(
    asyncio.format_task_tree(),
    ['├── Task-1 (coroutine) is running', '└── waiter (coroutine) waits for worker', '    └── worker (sleep) waits for sleep'].join(
      '\n',
    ),
  );
});

coroutineTest('the tasks of a group are awaited by its parent, from their start to their end', function* () {
  const parents = (task) => asyncio.capture_call_graph(task).awaited_by.map(({ future }) => future.get_name());
  const parent = create_task(
    new asyncio.TaskGroup().with(function* (group) {
      const member = group.create_task(sleep(2), { name: 'member' });
      assert.deepEqual(parents(member), ['parent']);
      yield* sleep(1);
      assert.deepEqual(parents(member), ['parent']);
      return member;
    }),
    { name: 'parent' },
  );
  yield* sleep(1.5);
  assert.match(asyncio.format_task_tree(), /└── parent \(.*\) waits for task group\n {4}└── member \(sleep\) waits for sleep$/);
  const member = yield* parent;
  assert.deepEqual(parents(member), []);
});

test('what is printed goes to the console', async (t) => {
  const written = t.mock.method(console, 'error', () => {});
  await asyncio.run(async (task) => {
    task.set_name('main');
    asyncio.print_call_graph();
    asyncio.print_tasks();
    asyncio.print_task_tree();
  });
  asyncio.print_call_graph(); // no task: nothing
  const lines = written.mock.calls.map(({ arguments: [text] }) => text.split('\n')[0]);
  assert.deepEqual(lines, ["* Task(name='main')", '  main (coroutine) is running', '└── main (coroutine) is running']);
});

test('what is no future and no loop is refused', async () => {
  assert.deepEqual([asyncio.capture_call_graph(), asyncio.format_call_graph()], [null, '']);
  const refused = (call, words) => {
    const error = thrown(call);
    assert.deepEqual([error instanceof TypeError, error?.message], [true, words]);
  };
  const foreign = create_runtime();
  const task = foreign.create_task(foreign.sleep(0));
  refused(() => asyncio.capture_call_graph(7), 'Expected [future] to be a future or a task, got 7');
  refused(() => asyncio.format_call_graph(task), 'Expected [future] to be a future or a task, got one of another runtime');
  refused(() => asyncio.print_tasks(7), 'Expected [loop] to be an event loop of the runtime, got 7');
  refused(() => asyncio.capture_call_graph(null, { limit: 1.5 }),
    'Expected [limit] to be a number of coroutines or null, got 1.5');
  await task;
  const loop = asyncio.new_event_loop();
  loop.close();
  assert.deepEqual([asyncio.format_tasks(loop), asyncio.format_task_tree(loop)], ['', '']);
});
