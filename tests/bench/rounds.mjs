// SPDX-License-Identifier: MIT
// What the benchmarks of one process have in common: contenders take turns, round by round, so that whatever else the
// machine does hits them alike.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

// The program of coroutines.c in [folder]: measure(command) has it do one round and gives { milliseconds, sum };
// outside() has it compute outside any coroutine.
export async function loadCoroutines(folder) {
  let outcome, asked;
  let command = new Promise((resolve) => (asked = resolve)); // for how to answer what the program asks
  const next = () => new Promise((resolve) => asked(resolve));
  const report = (milliseconds, sum) => outcome({ milliseconds, sum });
  const module = await require(join(folder, 'coroutines.js'))({ bench: { next, report } });
  const send = async (text) => {
    const answer = await command;
    command = new Promise((resolve) => (asked = resolve));
    answer(text);
  };
  const measure = (name) =>
    new Promise((resolve) => {
      outcome = resolve;
      send(name);
    });
  const outside = () =>
    new Promise((resolve) => {
      outcome = resolve;
      module._measure_outside();
    });
  return { measure, outside, stop: () => send(null) };
}

// A round of the program of NAME.c in [folder] that has one, its export.
export async function loadOne(folder, name, measure) {
  let outcome;
  const bench = { report: (milliseconds, sum) => outcome({ milliseconds, sum }) };
  const wasmBinary = readFileSync(join(folder, `${name}.wasm`)); // emcc's own loader would fetch it, and not find it
  const module = await require(join(folder, `${name}.js`))({ bench, wasmBinary });
  return () =>
    new Promise((resolve) => {
      outcome = resolve;
      module[measure]();
    });
}

let total = 0;
async function spin(count) {
  for (let i = 0; i < count; i++) {
    await null;
    total += i;
  }
}

// 1000 async functions that await null 1000 times each.
export async function awaitNull() {
  total = 0;
  const start = performance.now();
  await Promise.all(Array.from({ length: 1000 }, () => spin(1000)));
  return { milliseconds: performance.now() - start, sum: total };
}

const between = () => new Promise((resolve) => setTimeout(resolve, 20));

// Nanoseconds for each unit, by contender and round.
export async function alternate(repetitions, contenders) {
  const rounds = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let i = 0; i < repetitions; i++) {
    for (const [name, { round, units, sum }] of Object.entries(contenders)) {
      const outcome = await round();
      if (outcome.sum !== sum) throw new Error(`${name}: expected the sum ${sum}, got ${outcome.sum}`);
      rounds[name].push((outcome.milliseconds * 1e6) / units);
      await between();
    }
    process.stderr.write(`\r  round ${i + 1} of ${repetitions}`);
  }
  process.stderr.write('\r\x1b[K');
  return rounds;
}
