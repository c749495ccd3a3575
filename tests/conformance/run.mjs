// SPDX-License-Identifier: MIT
// npm run conformance -- --seed N --count M [--surface stackful|stackless|js|ucontext|all] [--only I] [--no-build]
// Random programs, the same on every surface as in CPython: README.md beside this says how.
import { parseArgs } from 'node:util';

import { announce } from '../tools/progress.mjs';
import { TO_COMPARE, ensure, ensurePackages } from '../tools/setup.mjs';
import { Comparison } from './compare.mjs';
import { Coverage } from './coverage.mjs';
import { generate } from './generate.mjs';
import { explain } from './report.mjs';
import { surfacesOf } from './surfaces.mjs';

const BATCH = 500;
const MOST_EXPLAINED = 3;
const MOST_EXCUSED = 0.01; // of the programs
const FOR_TABLE = 2000; // fewer programs say nothing about coverage

function numberOf(name, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Error(`Expected --${name} to be a whole number, got ${text}`);
}

function options() {
  const text = { type: 'string' };
  const { values } = parseArgs({
    options: { seed: text, count: text, surface: text, only: text, 'no-build': { type: 'boolean' } },
  });
  return {
    seed: values.seed === undefined ? Date.now() % 1e6 : numberOf('seed', values.seed),
    count: numberOf('count', values.count ?? '1000'),
    only: values.only === undefined ? undefined : numberOf('only', values.only),
    surfaces: surfacesOf(values.surface ?? 'all'),
    build: !values['no-build'],
  };
}

async function build(surfaces) {
  await ensure(TO_COMPARE);
  await ensurePackages();
  for (const { name, make } of surfaces) await announce(`Building ${name}`, make);
}

function* batches({ seed, count, only }) {
  const indices = only === undefined ? Array.from({ length: count }, (_, index) => index) : [only];
  for (let from = 0; from < indices.length; from += BATCH)
    yield indices.slice(from, from + BATCH).map((index) => generate(seed, index));
}

function printSurfaces({ oracle, surfaces, programs, operations }) {
  console.log(`${programs} programs of ${operations} operations`);
  for (const { name, events, seconds } of [oracle, ...surfaces])
    console.log(`  ${name.padEnd(20)} ${String(events).padStart(9)} events ${seconds.toFixed(1).padStart(7)} s`);
}

function printVerdict(comparison, seed) {
  const { differences, excused, programs, surfaces } = comparison;
  for (const [name, count] of excused) console.log(`excused, "${name}": ${count}`);
  const most = Math.max(0, ...excused.values());
  const tooMany = most > MOST_EXCUSED * programs * surfaces.length;
  if (tooMany) console.log(`Expected at most ${MOST_EXCUSED * 100} % to be excused, got ${most} of ${programs}`);
  const compared = programs * surfaces.length;
  console.log(`seed ${seed}: ${differences.length} of ${compared} traces differ`);
  console.log(`${compared - differences.length} passed, ${differences.length + Number(tooMany)} failed`);
  return differences.length > 0 || tooMany ? 1 : 0;
}

async function main() {
  const chosen = options();
  if (chosen.build) await build(chosen.surfaces);
  console.log(`seed ${chosen.seed}`);
  const { openOracle } = await import('./oracle.mjs'); // its package may just have been installed
  const comparison = await Comparison.open(await openOracle(), chosen.surfaces);
  const coverage = new Coverage();
  for (const programs of batches(chosen)) {
    await comparison.add(programs, (program, trace) => coverage.add(program, trace));
    console.log(`  ${comparison.programs} programs, ${comparison.differences.length} differences`);
  }
  for (const difference of comparison.differences.slice(0, MOST_EXPLAINED))
    console.log(`\n${await explain(comparison, difference)}\n`);
  if (chosen.count >= FOR_TABLE && chosen.only === undefined) console.log(coverage.table().text);
  printSurfaces(comparison);
  return printVerdict(comparison, chosen.seed);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(process.env.DEBUG ? error.stack : error.message);
  process.exitCode = 1;
}
