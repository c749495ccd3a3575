// SPDX-License-Identifier: MIT
// Quiet programs, for coroutines whose steps are the engine's: async functions and asynchronous generators go on in
// microtasks. Each body runs once at most, for one other, so that what comes out depends on no order (generateQuiet).
// With moments of their own for everything no two of them are ever under way at once, and there is but one order
// (generateApart). Nobody is cancelled in them but plain futures, and in the latter tasks that go through no
// generators: JavaScript's are not told.
import { everyOutcome } from './coverage.mjs';
import { numbered, sizesOf } from './generate.mjs';
import { QuietBody } from './quiet_bodies.mjs';
import { Random } from './random.mjs';

const PURPOSE = 0x51; // other programs than generate() makes of the same seed
const APART = 0xa9;
const THINGS = 0x7e;
const SIZES = [0, 0, 1, 1, 0, 0, 0]; // of what they do not use

// Which bodies are whose children, which of them are run as generators, and which beside one another: at one moment
// that is just one, since who is cancelled of several then depends on their order.
function treeOf(random, count, { apart, things }) {
  const children = Array.from({ length: count }, () => []);
  for (let body = 1; body < count; body++) children[random.int(0, body - 1)].push(body);
  const generators = new Set();
  for (let body = 1; body < count; body++) if (random.chance(things ? 0.1 : 0.45)) generators.add(body);
  const beside = new Set();
  for (const mine of children)
    if (random.chance(things ? 0.8 : 0.4))
      mine.filter((child) => !generators.has(child)).forEach((child, nth) => (apart || nth === 0) && beside.add(child));
  return { children, generators, beside };
}

function programOf(seed, index, random, options) {
  const count = random.int(options.things ? 3 : 2, 6);
  const { children, generators, beside } = treeOf(random, count, options);
  const asks = (body) => generators.has(body) || children[body].some(asks);
  const shared = { random, bodies: count, generators, beside, asks, ...options };
  const bodies = children.map((mine, rank) => new QuietBody(shared, rank, mine).operations());
  const sizes = options.things ? sizesOf(random) : SIZES;
  const none = { handles: 1, runs: [], callbacks: [] };
  return numbered({ index, seed, slots: 3 * count, ...none, sizes, bodies, byHost: true });
}

export const generateQuiet = (seed, index) =>
  programOf(seed, index, new Random(seed, index, PURPOSE), {
    moment: (delay) => delay,
    tasks: false,
    apart: false,
  });

// Sums of these are exact, and as good as never equal.
const momentsOf = (random) => () => random.int(2 ** 14, 2 ** 22) / 2 ** 20;

// [tasks]: they may be cancelled, and the loop is the program's own.
export function generateApart(seed, index, tasks) {
  const random = new Random(seed, index, APART);
  return programOf(seed, index, random, { moment: momentsOf(random), tasks, apart: true });
}

// With locks, queues, groups and so on: who wakes whom has but one order, who goes on first then depends on the engine.
export function generateThings(seed, index) {
  const random = new Random(seed, index, THINGS);
  return programOf(seed, index, random, { moment: momentsOf(random), tasks: false, apart: true, things: true });
}

// A trace without its order, and without what depends on that: instances and labels.
export const outcomes = (trace) =>
  trace
    .filter((line) => !line.includes(' end f'))
    .map((line) => line.replace(/^(\S+ [bg]\d+)\.\d+/, '$1').replace(/\bf\d+\b/g, 'f'))
    .sort();

// What shows in an order alone, and what is about the current task or its context, which are the loop's own again after
// an async function's first await.
const ABSENT = new Set([
  ...['add_callback', 'remove_callback', 'callback_in', 'call_soon', 'call_later', 'cancel_handle', 'count_tasks'],
  ...['cancel_self', 'uncancel', 'uncancel_self', 'cancelling', 'cancelling_self', 'spawn_eager', 'task_factory'],
  ...['current', 'var_set', 'var_get', 'var_reset', 'copy_context', 'context_get', 'spawn_in', 'shutdown_asyncgens'],
]);
// Beside whose who waits can be cancelled by a plain future that is: the others need a task that is told.
const MAY_BE_CANCELLED = new Set([
  ...['await', 'call', 'gather', 'wait_for', 'shield', 'as_completed', 'look'],
  ...['anext', 'aclose', 'iterate'],
]);
const TELLS_TASKS = new Set(['timeout', 'condition_wait_for']); // when their time is up

/** The columns that a row of the coverage table can reach in async functions. */
export function outcomesOfQuiet(row) {
  if (ABSENT.has(row)) return [];
  return everyOutcome(row).filter((column) => {
    if (column === 'timeout') return !TELLS_TASKS.has(row);
    return MAY_BE_CANCELLED.has(row) || (column !== 'cancelled' && column !== 'cleanup');
  });
}
