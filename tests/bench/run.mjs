// SPDX-License-Identifier: MIT
// Measures switches and tasks against their peers: all in one process, round by round in turn, so that whatever else
// the machine does hits them alike. Prints medians, the first round too (cold code counts for users), and each bar with
// its ratio; exits with 1 when a bar is missed. Nothing else should run meanwhile.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { engineStacks } from './jspi.mjs';
import { loadPython } from './pyodide.mjs';
import { readiness } from './ready.mjs';
import { alternate, awaitNull, loadCoroutines, loadOne } from './rounds.mjs';

const REPETITIONS = 9;
const build = process.env.ASYNCIO_BUILD ?? join(import.meta.dirname, '../../build');
const require = createRequire(import.meta.url);
let asyncio; // the package, loaded for its own rounds alone

// ---- Peers and ours: each is a function that does one round and gives { milliseconds, sum }.

async function returnsAtOnce(number) {
  return number;
}

let total = 0;
function* spinGenerator(count) {
  for (let i = 0; i < count; i++) {
    yield* asyncio.sleep(0);
    total += i;
  }
}

async function yieldSleep(count) {
  function* gatherAll() {
    yield* asyncio.gather(...Array.from({ length: 1000 }, () => spinGenerator(count)));
  }
  total = 0;
  const start = performance.now();
  await asyncio.run(gatherAll());
  return { milliseconds: performance.now() - start, sum: total };
}

async function promiseAll() {
  const start = performance.now();
  const promises = new Array(1e6);
  for (let i = 0; i < 1e6; i++) promises[i] = returnsAtOnce(i);
  const results = await Promise.all(promises);
  let sum = 0;
  for (const result of results) sum += result;
  return { milliseconds: performance.now() - start, sum };
}

// What is awaited and is no promise, with nothing behind it: less than these no task can take.
class AnswersAtOnce {
  constructor(number) {
    this.number = number;
  }

  then(fulfilled) {
    fulfilled(this.number);
  }
}

// It has its turn in a microtask, and then answers as a promise does.
class AnswersAfterATurn {
  static turn = Promise.resolve();

  constructor(number) {
    this.number = number;
    this.done = false;
    AnswersAfterATurn.turn.then(() => {
      this.done = true;
    });
  }

  then(fulfilled, rejected) {
    if (!this.done) throw new Error('Expected the turn to come first');
    return Promise.resolve(this.number).then(fulfilled, rejected);
  }
}

async function sumOf(call, count) {
  let sum = 0;
  const start = performance.now();
  for (let i = 0; i < count; i++) sum += await call(i);
  return { milliseconds: performance.now() - start, sum };
}

// ---- Rounds

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

function print(title, rounds, { from = 0, unit = 'ns' } = {}) {
  console.log(`\n${title}`);
  console.log(`  ${''.padEnd(46)}${'median'.padStart(10)}${'least'.padStart(10)}${'first'.padStart(10)}`);
  for (const [name, values] of Object.entries(rounds)) {
    const cells = [median(values.slice(from)), Math.min(...values), values[0]];
    console.log(`  ${name.padEnd(46)}${cells.map((cell) => `${cell.toFixed(1)} ${unit}`.padStart(10)).join('')}`);
  }
}

let missed = 0;
function bar(words, value, holds, unit = 'x') {
  console.log(`  ${holds ? 'met   ' : 'MISSED'} ${words}: ${value.toFixed(2)} ${unit}`);
  if (!holds) missed++;
}

const atMost = (words, most, value) => bar(`${words}, at most ${most}`, value, value <= most);
const atLeast = (words, least, value) => bar(`${words}, at least ${least}`, value, value >= least);

// Ratio of medians, from the round given on.
const ratio = (a, b, from = 0) => median(a.slice(from)) / median(b.slice(from));

console.log(`Node ${process.version}, ${REPETITIONS} interleaved rounds`);
const { ready, ran } = readiness(build, 20);
const starts = { 'import, and a first call answered': ready, 'import, and a first run ended': ran };
print('The package, in 20 fresh processes', starts, { unit: 'ms' });
bar('ready, at most 5', median(ready), median(ready) <= 5, 'ms');

const coroutines = await loadCoroutines(join(build, 'bench'));
const swap = await loadOne(join(build, 'bench'), 'fiber', '_measure_swaps');
const spinSum = (1000 * 1000 * 999) / 2;
const gatherSum = (1e6 * (1e6 - 1)) / 2;

const ours = 'C task, asyncio_sleep(0), 1000 tasks';
const light = 'C task without a stack, ASYNCIO_SLEEP(0)';
const js = 'JS async function, await null, 1000 of them';
const fiber = 'emscripten_fiber_swap, round trip';
const switches = await alternate(REPETITIONS, {
  [ours]: { round: () => coroutines.measure('switches'), units: 1e6, sum: spinSum },
  [light]: { round: () => coroutines.measure('light switches'), units: 1e6, sum: spinSum },
  [js]: { round: awaitNull, units: 1e6, sum: spinSum },
  [fiber]: { round: swap, units: 2e5, sum: (2e5 * (2e5 - 1)) / 2 },
});
print('A switch', switches);
atMost('C switch / JS await null', 1.25, ratio(switches[ours], switches[js]));
atLeast('fiber swap / C switch', 5, ratio(switches[fiber], switches[ours]));

const tasks = 'C task, created and gathered, 1,000,000';
const lightTasks = 'C task without a stack, created and gathered';
const promises = 'JS async function, Promise.all, 1,000,000';
const gathers = await alternate(5, {
  [tasks]: { round: () => coroutines.measure('gather'), units: 1e6, sum: gatherSum },
  [lightTasks]: { round: () => coroutines.measure('light gather'), units: 1e6, sum: gatherSum },
  [promises]: { round: promiseAll, units: 1e6, sum: gatherSum },
});
print('A task (medians of rounds 2 to 5)', gathers, { from: 1 });
atMost('C task / JS async function', 0.4, ratio(gathers[tasks], gathers[promises], 1));

// Last, so that the package leaves nothing behind for the others.
asyncio = await import(pathToFileURL(join(build, 'api/index.js')));
const generator = 'JS generator task, yield* sleep(0), 1000 tasks';
const yields = await alternate(5, {
  [generator]: { round: () => yieldSleep(1000), units: 1e6, sum: spinSum },
  [js]: { round: awaitNull, units: 1e6, sum: spinSum },
});
print('A switch in JavaScript', yields);
atMost('JS generator task / JS await null', 4, ratio(yields[generator], yields[js]));

const python = await loadPython();
const pythonic = `Python ${python.version} in Pyodide, asyncio.sleep(0)`;
const ofPython = (count) => ({ units: 1000 * count, sum: (1000 * count * (count - 1)) / 2 });
const pythons = await alternate(5, {
  [generator]: { round: () => yieldSleep(1000), ...ofPython(1000) },
  [pythonic]: { round: () => python.round(1000, 30), ...ofPython(30) },
});
print('A switch in JavaScript and in Python, 1000 tasks', pythons);
atLeast('Pyodide sleep(0) / JS generator task', 20, ratio(pythons[pythonic], pythons[generator]));

const app = await asyncio.load(require(join(build, 'bench/loaded.js')));
const created = 'C task, created and awaited in JavaScript';
const called = 'JS async function, called and awaited';
const atOnce = 'JS thenable that answers at once';
const afterATurn = 'JS thenable that answers after a microtask';
const calls = { units: 1e5, sum: (1e5 * (1e5 - 1)) / 2 };
const awaits = await alternate(REPETITIONS, {
  [created]: { round: () => sumOf((i) => app.create_task(app.returns_at_once(i)), 1e5), ...calls },
  [called]: { round: () => sumOf(returnsAtOnce, 1e5), ...calls },
  [atOnce]: { round: () => sumOf((i) => new AnswersAtOnce(i), 1e5), ...calls },
  [afterATurn]: { round: () => sumOf((i) => new AnswersAfterATurn(i), 1e5), ...calls },
});
print('A call of C from JavaScript, one after another', awaits);
atMost('C task awaited / JS async function awaited', 5, ratio(awaits[created], awaits[called]));
console.log(`  of that the thenable alone: ${ratio(awaits[afterATurn], awaits[called]).toFixed(2)} x`);
app.close();

for (const { name, skipped, version, switches: switched, compute } of engineStacks(build)) {
  if (skipped) {
    console.log(`\nJSPI in ${name}: skipped, ${skipped}`);
    continue;
  }
  const named = (rounds, names) => Object.fromEntries(Object.keys(names).map((key) => [names[key], rounds[key]]));
  const suspensions = named(switched, {
    ours: 'C task over JSPI, asyncio_sleep(0), 1000 tasks',
    asyncify: 'the same over Asyncify',
    turns: 'bare suspending import, resumed in turn',
    floor: 'bare suspending import, its promise settled',
    awaits: js,
  });
  print(`A switch over JSPI, Node ${version} (time of the thread)`, suspensions);
  atMost('C switch over JSPI / JS await null', 2.5, ratio(switched.ours, switched.awaits));
  const engine = (rounds) => `${ratio(rounds, switched.awaits).toFixed(2)} x`;
  console.log(`  of that the engine, resumed in turn: ${engine(switched.turns)}, its promise settled: ${engine(switched.floor)}`);
  const work = {
    plain: 'C without the library',
    ours: 'in a coroutine over JSPI',
    outside: 'in that program, outside any coroutine',
    asyncify: 'in a coroutine over Asyncify',
  };
  print(`C that computes, Node ${version} (time of the thread)`, named(compute, work), { unit: 'ms' });
  atMost('over JSPI / without the library', 1.02, ratio(compute.ours, compute.plain));
  const outside = ratio(compute.ours, compute.outside).toFixed(3);
  console.log(`  within that program: ${outside} x; over Asyncify: ${ratio(compute.asyncify, compute.plain).toFixed(2)} x`);
}
process.exitCode = missed ? 1 : 0;
coroutines.stop(); // ends the process, as main's return does
