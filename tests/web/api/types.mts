// SPDX-License-Identifier: MIT
// Compiled by types.test.mjs, never run. `yield*` gives what the awaitable gives.
import * as asyncio from 'wasyncio';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : [never]) => {};

function* answer() {
  yield* asyncio.sleep(1);
  return 42;
}

export function* main() {
  const slept = yield* asyncio.sleep(1, 'text');
  same<typeof slept, string>();
  const task = asyncio.create_task(answer(), { name: 'answer' });
  same<typeof task, asyncio.Task<number>>();
  const result = yield* task;
  same<typeof result, number>();
  const [number, text, flag] = yield* asyncio.gather(answer(), asyncio.sleep(0, 'a'), Promise.resolve(true));
  same<typeof number, number>();
  same<typeof text, string>();
  same<typeof flag, boolean>();
  const limited = yield* asyncio.wait_for(async () => 'soon', 1);
  same<typeof limited, string>();
  const [done, pending] = yield* asyncio.wait([task], { timeout: 1, return_when: asyncio.FIRST_COMPLETED });
  same<typeof done, Set<asyncio.Future<number>>>();
  same<typeof pending, Set<asyncio.Future<number>>>();
  // @ts-expect-error: a promise is no coroutine: it has started already
  asyncio.create_task(42);
  // @ts-expect-error: a delay is a number
  asyncio.sleep('1');
  // @ts-expect-error: there is no such condition
  asyncio.wait([task], { return_when: 'SOME' });
  return limited;
}

export function* objects() {
  const lock = new asyncio.Lock();
  const acquired = yield* lock.acquire();
  same<typeof acquired, true>();
  const generated = yield* lock.with(function* (held) {
    same<typeof held, asyncio.Lock>();
    yield* asyncio.sleep(0);
    return 'generated';
  });
  same<typeof generated, string>();
  const called = yield* lock.with(async (_, task) => task.signal.aborted, { signal: new AbortController().signal });
  same<typeof called, boolean>();
  const returned = yield* new asyncio.Semaphore(2).with(() => asyncio.sleep(0, 7));
  same<typeof returned, number>();
  const place = yield* new asyncio.Barrier(2).wait();
  same<typeof place, number>();
  const met = yield* new asyncio.Condition(lock).wait_for(() => ({ ready: true }));
  same<typeof met, { ready: boolean }>();
  const queue = new asyncio.Queue<string>(1);
  yield* queue.put('text');
  const item = yield* queue.get();
  same<typeof item, string>();
  // @ts-expect-error: the queue is one of texts
  queue.put_nowait(7);
  const prioritized = yield* new asyncio.PriorityQueue<[number, string]>().get();
  same<typeof prioritized, [number, string]>();
  // @ts-expect-error: a text has no priority
  new asyncio.PriorityQueue<string>();
  const limited = yield* asyncio.timeout(1).with(function* (limit) {
    limit.reschedule(null);
    return limit.when();
  });
  same<typeof limited, number | null>();
  const grouped = yield* new asyncio.TaskGroup().with(async (group) => group.create_task(answer()));
  same<typeof grouped, number | undefined>();
  for (const next of asyncio.as_completed([answer(), asyncio.sleep(0, 1)])) {
    const one = yield* next;
    same<typeof one, number>();
  }
  // @ts-expect-error: a scope has a body
  asyncio.timeout(1).with();
}

export async function iterated(app: asyncio.Runtime) {
  for await (const item of new app.Queue<string>()) same<typeof item, string>();
  for await (const task of asyncio.as_completed([answer()])) same<typeof task, asyncio.Future<number>>();
  const error: asyncio.ExceptionGroup = new asyncio.ExceptionGroup('words', [new Error('one')]);
  return error.exceptions;
}

export function* contexts() {
  const user = new asyncio.ContextVar<string>('user');
  const set = user.get();
  same<typeof set, string>();
  const maybe = user.get(null);
  same<typeof maybe, string | null>();
  const token = user.set('me');
  same<typeof token, asyncio.Token<string>>();
  user.reset(token);
  // @ts-expect-error: the variable is one of texts
  user.set(7);
  const context = asyncio.copy_context();
  const ran = context.run((a: number, b: string) => `${a}${b}`, 1, 'b');
  same<typeof ran, string>();
  // @ts-expect-error: it takes two arguments
  context.run((a: number, b: string) => `${a}${b}`, 1);
  const found = context.get(user);
  same<typeof found, string | undefined>();
  for (const [variable, value] of context) same<[typeof variable, typeof value], [asyncio.ContextVar<unknown>, unknown]>();
  const loop = asyncio.get_running_loop();
  loop.call_soon((a: number) => a, 1);
  loop.call_soon((a: number) => a, 1, { context });
  // @ts-expect-error: it takes a number
  loop.call_soon((a: number) => a, 'text', { context });
  const task = asyncio.create_task(answer(), { context, eager_start: true });
  task.add_done_callback(() => {}, { context: task.get_context() });
  const factory: asyncio.TaskFactory = (given, coroutine, options) => given.new_task(coroutine, { ...options, name: 'own' });
  loop.set_task_factory(asyncio.create_eager_task_factory(factory));
  loop.set_task_factory(asyncio.eager_task_factory);
  loop.set_debug(true);
  loop.slow_callback_duration = 0.5;
  const graph = asyncio.capture_call_graph(task);
  same<typeof graph, asyncio.FutureCallGraph | null>();
  const items = (async function* () {
    yield 'text';
  })();
  const item = yield* asyncio.anext(items);
  same<typeof item, string>();
  const last = yield* asyncio.anext(items, 0);
  same<typeof last, string | number>();
  yield* loop.shutdown_asyncgens();
}

export async function runners(app: asyncio.Runtime, generated: asyncio.ExportedGenerator<bigint>) {
  await using runner = new app.Runner({ debug: true, loop_factory: app.new_event_loop });
  const answered = await runner.run(answer(), { context: app.copy_context() });
  same<typeof answered, number>();
  for await (const number of generated) same<typeof number, bigint>();
  return asyncio.run(main(), { debug: false });
}

export const outcome: Promise<string> = asyncio.run(main());
