// SPDX-License-Identifier: MIT
// What a person gets to read about a difference: the smallest program that shows it, in three languages, and both
// traces.
import { firstDifference } from './differences.mjs';
import { shrink } from './shrink.mjs';
import { sourcesOf } from './sources.mjs';

const WIDEST = 64;
const CONTEXT = 12; // lines before the one that differs
const MOST_AFTER = 4;

function sideBySide(oracle, found, at) {
  const rows = Math.min(Math.max(oracle.length, found.length), at + 1 + MOST_AFTER);
  const from = Math.max(0, at - CONTEXT);
  const shown = Array.from({ length: rows - from }, (_, offset) => from + offset);
  const width = Math.min(WIDEST, Math.max(...shown.map((row) => (oracle[row] ?? '').length), 10));
  const line = (row, mark) => `${mark} ${(oracle[row] ?? '').padEnd(width)} | ${found[row] ?? ''}`;
  return [`  ${'CPython'.padEnd(width)} | here`, ...shown.map((row) => line(row, row === at ? '!' : ' '))].join('\n');
}

// The whole report of one difference, shrunk; as it was seen, when it does not come again.
export async function explain(comparison, { program, surface, ...seen }) {
  const smallest = await shrink(program, (all) => comparison.differing(all, surface));
  const [[oracle], [found]] = await comparison.traces([smallest], surface);
  const at = firstDifference(oracle, found);
  const traces = at < 0 ? sideBySide(seen.oracle, seen.found, seen.at) : sideBySide(oracle, found, at);
  const sources = Object.entries(sourcesOf(smallest)).map(([language, text]) => `-- ${language}\n${text}`);
  const head = `== ${surface.name} differs in program ${program.index} of seed ${program.seed}`;
  const title = at < 0 ? '-- Traces: it did not differ when it was run again' : '-- Traces';
  return [head, ...sources, title, traces].join('\n\n');
}
