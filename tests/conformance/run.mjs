// SPDX-License-Identifier: MIT
// npm run conformance -- --seed N --count M [--surface stackful|stackless|js|all|one] [--only I] [--no-build]
// Random programs, the same on every surface as in CPython: README.md beside this says how.
import { parseArgs } from 'node:util';

import { announce } from '../tools/progress.mjs';
import { TO_COMPARE, ensure, ensureNodes, ensurePackages } from '../tools/setup.mjs';
import { Comparison } from './compare.mjs';
import { Coverage } from './coverage.mjs';
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
  if (surfaces.some(({ nodes }) => nodes)) await ensureNodes();
  const makers = new Map(surfaces.map(({ name, make }) => [make, name])); // some surfaces share what is built
  for (const [make, name] of makers) await announce(`Building ${name}`, make);
}

// What the surfaces are given, with the surfaces that see the same programs.
async function families(surfaces) {
  const found = new Map();
  for (const surface of surfaces)
    for (const family of await surface.families()) {
      const known = found.get(family.name) ?? { ...family, surfaces: [] };
      found.set(family.name, { ...known, surfaces: [...known.surfaces, surface] });
    }
  return [...found.values()];
}

// A coverage table for all surfaces that see the same.
function tablesOf(all) {
  const found = new Map();
  for (const surface of new Set(all.flatMap(({ surfaces }) => surfaces))) {
    const names = all.filter(({ surfaces }) => surfaces.includes(surface)).map(({ name }) => name);
    const coverage = new Coverage(names.length, surface.outcomes);
    const known = found.get(names.join()) ?? { names, coverage, surfaces: [] };
    found.set(names.join(), { ...known, surfaces: [...known.surfaces, surface.name] });
  }
  return [...found.values()];
}

function printTable({ coverage, surfaces }) {
  console.log(`How often each operation ended in each way: ${surfaces.join(', ')}`);
  console.log(coverage.table().text);
}

function* batches({ seed, count, only }, make) {
  const indices = only === undefined ? Array.from({ length: count }, (_, index) => index) : [only];
  for (let from = 0; from < indices.length; from += BATCH)
    yield indices.slice(from, from + BATCH).map((index) => make(seed, index));
}

// All programs of a family, through all its surfaces.
async function compare(chosen, family, oracle, seen) {
  const comparison = await Comparison.open(oracle, family.surfaces, family.view);
  if (family.unknown?.length > 0)
    console.log(`  not in the programs for ${family.surfaces.map(({ name }) => name)}: ${family.unknown.join(', ')}`);
  for (const programs of batches(chosen, family.generate)) {
    await comparison.add(programs, seen);
    console.log(`  ${comparison.programs} programs, ${comparison.differences.length} differences`);
  }
  for (const difference of comparison.differences.slice(0, MOST_EXPLAINED))
    console.log(`\n${await explain(comparison, difference)}\n`);
  return comparison;
}

function printSurfaces({ oracle, surfaces, programs, operations }) {
  console.log(`${programs} programs of ${operations} operations`);
  for (const { name, events, seconds } of [oracle, ...surfaces])
    console.log(`  ${name.padEnd(20)} ${String(events).padStart(9)} events ${seconds.toFixed(1).padStart(7)} s`);
}

// Excuses that are made too often in a run are failures too.
function excessOf(comparisons, compared) {
  const sums = new Map();
  for (const { excused } of comparisons)
    for (const [name, count] of excused) sums.set(name, (sums.get(name) ?? 0) + count);
  for (const [name, count] of sums) console.log(`excused, "${name}": ${count}`);
  if (Math.max(0, ...sums.values()) <= MOST_EXCUSED * compared) return 0;
  console.log(`Expected at most ${MOST_EXCUSED * 100} % of the programs to be excused`);
  return 1;
}

function printVerdict(comparisons, seed) {
  const sum = (measure) => comparisons.reduce((total, one) => total + measure(one), 0);
  const compared = sum(({ programs, surfaces }) => programs * surfaces.length);
  const excess = excessOf(comparisons, compared);
  const different = sum(({ differences }) => differences.length);
  console.log(`seed ${seed}: ${different} of ${compared} traces differ`);
  console.log(`${compared - different} passed, ${different + excess} failed`);
  return different + excess > 0 ? 1 : 0;
}

async function main() {
  const chosen = options();
  if (chosen.build) await build(chosen.surfaces);
  console.log(`seed ${chosen.seed}`);
  const { openOracle } = await import('./oracle.mjs'); // its package may just have been installed
  const oracle = await openOracle();
  const all = await families(chosen.surfaces);
  const tables = tablesOf(all);
  const comparisons = [];
  for (const family of all) {
    const mine = tables.filter(({ names }) => names.includes(family.name));
    const seen = (program, trace) => mine.forEach(({ coverage }) => coverage.add(program, trace));
    comparisons.push(await compare(chosen, family, oracle, seen));
  }
  if (chosen.count >= FOR_TABLE) tables.forEach(printTable);
  comparisons.forEach(printSurfaces);
  return printVerdict(comparisons, chosen.seed);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(process.env.DEBUG ? error.stack : error.message);
  process.exitCode = 1;
}
