// SPDX-License-Identifier: MIT
// npm run mutants [-- --only NAME] [--seed N] Mistakes in the semantics (tests/mutants/*.patch), one at a time in a
// copy of the sources: each must be caught by the conformance programs alone. The copy is built natively and without
// sanitizers, so each costs a second or two.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { build, root } from '../tools/paths.mjs';
import { run } from '../tools/process.mjs';
import { TO_COMPARE, ensure, ensurePackages } from '../tools/setup.mjs';
import { Comparison } from './compare.mjs';
import { generate } from './generate.mjs';
import { openNative } from './native.mjs';

const PROGRAMS = 500;
const SEED = 1;
const LIMIT = 10e3; // milliseconds: a mutant may run for ever
const CONFIGURE = ['-DASYNCIO_TESTS=ON', '-DASYNCIO_CORO=ucontext', '-DCMAKE_C_COMPILER=gcc', '-DCMAKE_C_FLAGS=-O1'];
const SOURCES = [
  'CMakeLists.txt',
  'include',
  'src',
  'web/cli/types.cmake',
  'web/lib',
  'web/cli',
  'tests/CMakeLists.txt',
  'tests/support',
  'tests/conformance/c',
];

const patches = join(root, 'tests/mutants');
const folder = join(build, 'mutants');
const tree = join(folder, 'tree');
const binaries = join(folder, 'build');
const driver = join(binaries, 'tests/asyncio_conformance_stackful');

export const mutants = () =>
  readdirSync(patches)
    .filter((name) => name.endsWith('.patch'))
    .sort()
    .map((name) => ({ name: basename(name, '.patch'), patch: join(patches, name) }));

// Git takes the paths in a patch from the top of the repository that it finds itself in: it is to find none above.
const git = (cwd, ...args) => run('git', args, { cwd, env: { GIT_CEILING_DIRECTORIES: dirname(cwd) } });

// Why a patch does not fit the sources; undefined when it does.
export async function misfit({ patch }) {
  const { status, output } = await git(root, 'apply', '--check', patch);
  return status === 0 ? undefined : output;
}

async function must(running) {
  const { status, output } = await running;
  if (status !== 0) throw new Error(output);
}

// With the time of now: what the last run has compiled of a mutant must not count as up to date.
async function copySources() {
  rmSync(tree, { recursive: true, force: true });
  for (const name of SOURCES) {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    cpSync(join(root, name), join(tree, name), { recursive: true });
  }
  await must(run('cmake', ['-S', tree, '-B', binaries, ...CONFIGURE]));
}

const compile = () => run('cmake', ['--build', binaries, '--parallel', '2', '--target', 'asyncio_conformance_stackful']);

const why = (patch) => readFileSync(patch, 'utf8').split('\n')[0];

function verdict({ programs, differences }) {
  if (differences.length === 0) return `NOT CAUGHT by ${programs} programs`;
  const { oracle, found, at, program } = differences[0];
  const crash = found.find((line) => line.startsWith('crashed'));
  const seen = crash ? `it ${crash}` : `${differences.length} of ${programs} programs differ`;
  const lines = [`caught: ${seen}, in program ${program.index} first`];
  return [...lines, `  CPython  ${oracle[at] ?? '(nothing)'}`, `  here     ${found[at] ?? '(nothing)'}`].join('\n    ');
}

// What the programs see of the sources as they now are in the copy.
async function compare(name, programs, oracle) {
  const surface = { name, open: () => openNative(driver, [], { limit: LIMIT, mostCrashes: 1 }) };
  const comparison = await Comparison.open(oracle, [surface]);
  await comparison.add(programs);
  return comparison;
}

// Whether the programs see the mutant, and what to print.
async function judge({ name, patch }, programs, oracle) {
  const applied = await git(tree, 'apply', patch);
  if (applied.status !== 0) return { caught: false, text: `does not fit\n${applied.output}` };
  try {
    const { status, output } = await compile();
    if (status !== 0) return { caught: false, text: `does not compile\n${output.slice(-2000)}` };
    const comparison = await compare(name, programs, oracle);
    return { caught: comparison.differences.length > 0, text: verdict(comparison) };
  } finally {
    await must(git(tree, 'apply', '-R', patch));
  }
}

// Without a mistake there must be nothing to see, or every mutant would seem to be caught.
async function checkOriginal(programs, oracle) {
  await must(compile());
  const comparison = await compare('original', programs, oracle);
  if (comparison.differences.length > 0) throw new Error(`The sources differ without a mutant: ${verdict(comparison)}`);
}

async function main() {
  const { values } = parseArgs({ options: { only: { type: 'string' }, seed: { type: 'string' } } });
  const chosen = mutants().filter(({ name }) => !values.only || name.includes(values.only));
  const seed = Number(values.seed ?? SEED);
  const programs = Array.from({ length: PROGRAMS }, (_, index) => generate(seed, index));
  await ensure(TO_COMPARE);
  await ensurePackages();
  const { openOracle } = await import('./oracle.mjs');
  const traces = (await openOracle())(programs);
  await copySources();
  await checkOriginal(programs, () => traces);
  let caught = 0;
  for (const mutant of chosen) {
    const result = await judge(mutant, programs, () => traces);
    caught += Number(result.caught);
    console.log(`${mutant.name}: ${why(mutant.patch)}\n    ${result.text}`);
  }
  console.log(`${caught} passed, ${chosen.length - caught} failed`);
  return caught === chosen.length ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main();
