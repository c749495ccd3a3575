// SPDX-License-Identifier: MIT
// Makes programs: a few coroutine bodies and callbacks, lists of operations (operations.mjs) over shared slots. Most
// are small, and there are few different delays, so that much is due at once. Invariant: every program ends, and no
// tasks wait for one another in a circle (which CPython cannot cancel): maker.mjs sees to that.
import { FUTURES, HANDLES, Maker, Slots, made, operations } from './maker.mjs';
import { Random } from './random.mjs';
import { scenes } from './scenes.mjs';
import { ending, shape } from './shapes.mjs';

// main makes what the others look at, most of the time.
function prologue(maker, { bodies, futures }) {
  const first = [];
  if (maker.themes.has('eager') && maker.chance(0.3)) first.push(made('task_factory', { flag: 1 }));
  if (maker.themes.has('locks') && maker.chance(0.5)) first.push(made('lock_acquire', { slot: maker.int(0, 1) }));
  if (maker.themes.has('conditions') && maker.chance(0.2)) first.push(made('condition_acquire', { slot: 0 }));
  if (maker.themes.has('generators'))
    for (let body = 1; body < bodies; body++) first.push(made('generate', { slot: body, items: [-1 - body] }));
  if (maker.themes.has('contexts')) first.push(made('copy_context'), made('var_set', { number: 1 }));
  for (let i = 0; i < FUTURES; i++) if (maker.chance(0.9)) first.push(made('future', { slot: futures + i }));
  for (let body = 1; body < bodies; body++)
    if (maker.chance(0.85)) first.push(made('spawn', { slot: 2 * body, items: [-1 - body] }));
  return first;
}

export function walk(ops, visit) {
  for (const op of ops) {
    visit(op);
    for (const block of op.blocks) walk(block, visit);
  }
}

export const blocksOf = (program) => [...program.bodies, ...program.callbacks];

// The same program with its operations numbered in the order in which they are written: one that stands in two places
// is two.
export function numbered(program) {
  let id = 0;
  const copies = (ops) => ops.map((op) => ({ ...op, id: ++id, blocks: op.blocks.map(copies) }));
  return { ...program, bodies: program.bodies.map(copies), callbacks: program.callbacks.map(copies) };
}

export const countOf = (program) => {
  let count = 0;
  for (const ops of blocksOf(program)) walk(ops, () => count++);
  return count;
};

// What a program is about besides tasks and futures, as [themes, share].
const THEMES = [
  [[], 20],
  [['locks', 'events'], 10],
  [['conditions', 'events'], 32],
  [['conditions', 'locks'], 5],
  [['semaphores'], 17],
  [['barriers'], 12],
  [['queues'], 30],
  [['timeouts'], 12],
  [['groups'], 12],
  [['groups', 'timeouts'], 5],
  [['completions'], 7],
  [['generators'], 31],
  [['generators', 'timeouts'], 3],
  [['contexts'], 7],
  [['eager'], 7],
  [['eager', 'completions'], 2],
  [['eager', 'groups', 'locks'], 3],
  [['timeouts', 'queues', 'semaphores'], 3],
  [['conditions', 'events', 'barriers', 'completions'], 3],
  [['groups', 'timeouts', 'queues', 'locks', 'eager'], 3],
];
const WITH_THINGS = ['locks', 'events', 'semaphores', 'barriers', 'queues', 'conditions'];

function themesOf(random) {
  const themes = new Set(random.weighted(THEMES));
  if (WITH_THINGS.some((theme) => themes.has(theme))) themes.add('things');
  if (themes.size > 0 && random.chance(0.15)) themes.add('timeouts');
  return themes;
}

// The bodies that a Runner runs one after another before it is closed; none: body 0 is a task of a loop that runs until
// the last moment.
const RUNS = [
  [[], 17],
  [[0], 2],
  [[0, 1], 1],
];

const ROOM = [0, 0, 1, 1, 2];

// The semaphores' values, the barriers' parties, the queues' sizes.
export const sizesOf = (random) => [
  ...[random.pick(ROOM), random.int(0, 2)],
  ...[random.int(1, 3), random.int(2, 2)],
  ...[random.pick(ROOM), random.pick(ROOM), random.pick(ROOM)],
];

// What a callback does: at first it may look at its context, and at last it may fail.
const called = (maker) => [
  ...(maker.themes.has('contexts') ? [made('var_get', { slot: maker.thing('variable') })] : []),
  ...operations(maker, maker.int(1, 2)),
  ...(maker.chance(0.1) ? [made('raise', { flag: maker.kind(), text: maker.words() })] : []),
];

export function generate(seed, index) {
  const random = new Random(seed, index);
  const themes = themesOf(random);
  const slots = new Slots(
    random.weighted([
      [2, 4],
      [3, 5],
      [4, 2],
      [5, 1],
    ]),
  );
  const callbacks = random.int(0, 3);
  const most = random.weighted([
    [3, 4],
    [5, 3],
    [8, 1],
  ]);
  const sizes = sizesOf(random);
  const shared = { random, slots_: slots, callbacks, added: [], themes, sizes };
  const maker = (place) => new Maker(shared, { depth: 0, handles: false, ...place });
  const bodies = Array.from({ length: slots.bodies }, (_, rank) => [
    ...shape(maker({ rank })),
    ...(rank === 0 ? scenes(maker({ rank })) : []),
    ...operations(maker({ rank }), random.int(1, most)),
    ...ending(maker({ rank })),
  ]);
  bodies[0].unshift(...prologue(maker({ rank: 0 }), slots));
  const calls = Array.from({ length: callbacks }, (_, callback_) => called(maker({ rank: 0, callback_ })));
  for (const ops of [...bodies, ...calls]) walk(ops, (op) => (op.form = random.int(0, 1)));
  const runs = random.weighted(RUNS);
  return numbered({ index, seed, slots: slots.count, handles: HANDLES, sizes, runs, bodies, callbacks: calls });
}
