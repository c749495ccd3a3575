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
  same<typeof done, Set<asyncio.Task<number>>>();
  same<typeof pending, Set<asyncio.Task<number>>>();
  // @ts-expect-error: a promise is no coroutine: it has started already
  asyncio.create_task(42);
  // @ts-expect-error: a delay is a number
  asyncio.sleep('1');
  // @ts-expect-error: there is no such condition
  asyncio.wait([task], { return_when: 'SOME' });
  return limited;
}

// A task that goes in comes out as a task, of a list of several kinds too.
export function* futures(promise: Promise<Date>, plain: asyncio.Future<string>, list: asyncio.Task<string>[]) {
  const task = asyncio.create_task(answer());
  const [done] = yield* asyncio.wait([task, plain, promise]);
  same<typeof done, Set<asyncio.Task<number> | asyncio.Future<string> | asyncio.Future<Date>>>();
  const [, left] = yield* asyncio.wait(new Set(list), { timeout: 1 });
  left.forEach((each) => each.uncancel());
  const mixed = asyncio.as_completed([task, asyncio.sleep(1, 'text'), async () => true, promise]);
  for (const next of mixed) {
    const one = yield* next;
    same<typeof one, string | number | boolean | Date>();
  }
  same<ReturnType<typeof asyncio.ensure_future<typeof task>>, asyncio.Task<number>>();
  const ensured = asyncio.ensure_future(answer());
  same<typeof ensured, asyncio.Task<number>>();
  const future = asyncio.ensure_future(promise);
  same<typeof future, asyncio.Future<Date>>();
  task.add_done_callback((ended) => same<typeof ended, asyncio.Task<number>>());
  task.add_done_callback(console.log);
  plain.add_done_callback((ended: asyncio.Future<string>) => ended.result());
  // @ts-expect-error: a single one
  asyncio.wait(task);
}

export function* gathered(list: asyncio.Task<string>[], options: asyncio.GatherOptions) {
  const all = yield* asyncio.gather(...list);
  same<typeof all, string[]>();
  const settled = yield* asyncio.gather(answer(), async () => 'text', { return_exceptions: true });
  same<typeof settled, [number | Error, string | Error]>();
  const rest = yield* asyncio.gather(...list, { return_exceptions: true });
  same<typeof rest, (string | Error)[]>();
  const not = yield* asyncio.gather(answer(), { return_exceptions: false });
  same<typeof not, [number]>();
  const either = yield* asyncio.gather(answer(), options);
  same<typeof either, [number | Error]>();
  const pair = yield* asyncio.gather(...([answer(), asyncio.sleep(0, 'text')] as const));
  same<typeof pair, [number, string]>();
  const none = yield* asyncio.gather();
  same<typeof none, []>();
  // @ts-expect-error: an array is no awaitable
  asyncio.gather([answer(), answer()]);
  // @ts-expect-error: there is no such option
  asyncio.gather(answer(), { return_exception: true });
}

// Functions of every kind: with rest parameters, optional ones, overloaded, generic.
declare function overloaded(one: string): string;
declare function overloaded(one: number, two: boolean): number;
export function callbacks(loop: asyncio.EventLoop, context: asyncio.Context) {
  loop.call_soon(console.log, 'x');
  loop.call_soon(console.log, 'x', 1, { context });
  loop.call_later(1, console.log);
  loop.call_at(1, console.log, 'x');
  loop.call_soon(overloaded, 'text');
  loop.call_later(0, overloaded, 1, true);
  loop.call_at(0, overloaded, 1, true, { context });
  loop.call_soon((one: string, two?: number) => [one, two], 'text');
  loop.call_soon((one: string, two?: number) => [one, two], 'text', 2, { context });
  loop.call_soon(<T,>(one: T) => one, new Date());
  loop.call_soon((...numbers: number[]) => numbers, 1, 2, 3);
  // @ts-expect-error: its second argument is a boolean
  loop.call_later(0, overloaded, 1, 'text');
  // @ts-expect-error: it takes an argument
  loop.call_soon((one: string) => one);
  context.run(console.log, 'x');
  const ran = context.run(overloaded, 1, true);
  same<typeof ran, number>();
  const first = context.run((...texts: string[]) => texts[0], 'a', 'b');
  same<typeof first, string>();
}

export function* errors(caught: unknown, error: Error, value: unknown) {
  if (asyncio.is_cancelled(caught)) same<typeof caught, asyncio.CancelledError>();
  if (asyncio.is_cancelled(error)) return error.message;
  same<typeof error, Error>(); // not never: one class of errors is not like another
  if (error instanceof asyncio.QueueEmpty) return error.message;
  if (error instanceof asyncio.QueueFull) return error.message;
  if (error instanceof asyncio.ExceptionGroup) {
    same<typeof error.exceptions, readonly Error[]>();
    same<typeof error.errors, Error[]>();
    const [timeouts, rest] = error.split(asyncio.TimeoutError);
    same<typeof timeouts, asyncio.ExceptionGroup | null>();
    same<typeof rest, asyncio.ExceptionGroup | null>();
    error.subgroup([asyncio.TimeoutError, RangeError]);
    error.subgroup((one) => one.message === 'text');
    // @ts-expect-error: a class of errors
    error.subgroup(Map);
  }
  const own = new (class extends asyncio.TimeoutError {
    override name = 'Own';
  })();
  const base: asyncio.TimeoutError = own;
  const broken: asyncio.RuntimeError = new asyncio.BrokenBarrierError();
  if (asyncio.isfuture(value)) same<typeof value, asyncio.Future<any>>();
  if (asyncio.iscoroutine(value)) asyncio.create_task(value);
  if (asyncio.iscoroutinefunction(value)) asyncio.ensure_future(value());
  return `${base}${broken}`;
}

export function* functions() {
  const returned = asyncio.create_task(() => answer());
  same<typeof returned, asyncio.Task<number>>();
  const slept = asyncio.create_task(() => asyncio.sleep(1, 'text'));
  same<typeof slept, asyncio.Task<string>>();
  const plain = yield* asyncio.wait_for(() => 7, 1);
  same<typeof plain, number>();
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
  for await (const task of asyncio.as_completed([answer()])) same<typeof task, asyncio.Task<number>>();
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
  // @ts-expect-error: a signal is for one run
  new app.Runner({ signal: new AbortController().signal });
  return asyncio.run(main(), { debug: false, signal: new AbortController().signal });
}

export const outcome: Promise<string> = asyncio.run(main());
