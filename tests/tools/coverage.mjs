// SPDX-License-Identifier: MIT
// Which lines of the core the C cases reach, over both native backends together. gcov writes JSON; nothing else is
// needed.
import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

import { COVERAGE, make } from './build.mjs';
import { logs, root, tree } from './paths.mjs';
import { CommandFailed, mustRun, run } from './process.mjs';

const FOLDERS = ['src/core/', 'src/async/'];
const LEAST = 95; // per cent of the lines

const filesUnder = (folder, ending) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

async function runCases(config, onLine) {
  await make(config, ['asyncio_tests'], onLine);
  for (const old of filesUnder(tree(config.name), '.gcda')) rmSync(old);
  await run(join(tree(config.name), 'tests/asyncio_tests'), [], { log: logs(config.name), onLine, limit: 60 });
}

async function gcov(config) {
  const data = filesUnder(tree(config.name), '.gcda').filter((file) => FOLDERS.some((folder) => file.includes(folder)));
  if (data.length === 0) throw new CommandFailed(`${config.name} left no counts: see ${logs(config.name)}`);
  const { output } = await mustRun('gcov', ['--json-format', '--stdout', ...data], { cwd: tree(config.name) });
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => JSON.parse(line).files);
}

// Adds the counts of a file's lines to those of other objects and configurations.
function merge(lines, file) {
  const name = relative(root, file.file);
  if (!FOLDERS.some((folder) => name.startsWith(folder))) return;
  const known = lines.get(name) ?? new Map();
  lines.set(name, known);
  for (const { line_number: line, count } of file.lines) known.set(line, (known.get(line) ?? 0) + count);
}

function summarise([name, counts]) {
  const missed = [...counts].filter(([, count]) => count === 0).map(([line]) => line);
  return { name, total: counts.size, missed: missed.sort((a, b) => a - b) };
}

const percent = (hit, total) => (100 * hit) / Math.max(total, 1);

// 1, 2, 3, 7 as "1-3 7".
function ranges(numbers) {
  const spans = [];
  for (const number of numbers) {
    if (spans.at(-1)?.[1] === number - 1) spans.at(-1)[1] = number;
    else spans.push([number, number]);
  }
  return spans.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(' ');
}

function row({ name, total, missed }) {
  const share = percent(total - missed.length, total)
    .toFixed(1)
    .padStart(5);
  return `  ${share} %  ${name.padEnd(28)} ${missed.length ? `not run: ${ranges(missed)}` : ''}`.trimEnd();
}

// A suite of one: passed when the cases reach enough of the code.
export async function coverage(onLine) {
  const lines = new Map();
  for (const config of COVERAGE) {
    await runCases(config, onLine);
    for (const file of await gcov(config)) merge(lines, file);
  }
  const files = [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(summarise);
  const total = files.reduce((sum, file) => sum + file.total, 0);
  const missed = files.reduce((sum, file) => sum + file.missed.length, 0);
  const share = percent(total - missed, total);
  const enough = share >= LEAST;
  const table = [
    ...files.map(row),
    `  ${share.toFixed(1).padStart(5)} %  of ${total} lines in ${FOLDERS.join(' and ')}`,
  ];
  const details = enough ? '' : `Expected at least ${LEAST} % of the lines to be run, got ${share.toFixed(1)} %`;
  return { passed: Number(enough), failed: Number(!enough), details, table: table.join('\n') };
}
