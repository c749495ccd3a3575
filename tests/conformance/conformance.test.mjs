// SPDX-License-Identifier: MIT
// The tools of the comparison: that programs are what they promise to be, that differences are seen and made small,
// and that the mutants fit the sources.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Coverage } from './coverage.mjs';
import { excuseOf, firstDifference } from './differences.mjs';
import { blocksOf, countOf, generate, walk } from './generate.mjs';
import { misfit, mutants } from './mutants.mjs';
import { openNative } from './native.mjs';
import { OPERATIONS } from './operations.mjs';
import { shrink } from './shrink.mjs';
import { sourcesOf } from './sources.mjs';
import { surfacesOf } from './surfaces.mjs';

const programs = (seed, count) => Array.from({ length: count }, (_, index) => generate(seed, index));

function operationsOf(program) {
  const all = [];
  for (const ops of blocksOf(program)) walk(ops, (op) => all.push(op));
  return all;
}

const has = (name) => (program) => operationsOf(program).some(({ op }) => op === name);

test('a seed gives the same programs again, and another seed gives others', () => {
  assert.deepEqual(programs(7, 20), programs(7, 20));
  assert.notDeepEqual(programs(7, 20), programs(8, 20));
});

test('every operation comes up', () => {
  const seen = new Set(
    programs(1, 500)
      .flatMap(operationsOf)
      .map(({ op }) => op),
  );
  assert.deepEqual(
    Object.keys(OPERATIONS).filter((name) => !seen.has(name)),
    [],
  );
});

test('a body starts only bodies after itself, so that every program ends', () => {
  const withBodies = new Set(['call', 'gather', 'wait', 'wait_for', 'shield', 'spawn', 'make_gather', 'make_shield']);
  for (const { bodies } of programs(2, 300))
    bodies.forEach((ops, rank) =>
      walk(ops, ({ op, items }) => {
        if (!withBodies.has(op)) return;
        for (const item of items) assert.ok(item >= 0 || -1 - item > rank, `body ${rank}: ${op} of ${item}`);
      }),
    );
});

test('a program can be read in Python, C and JavaScript', () => {
  for (const program of programs(3, 100))
    for (const [language, text] of Object.entries(sourcesOf(program))) {
      assert.doesNotMatch(
        text,
        /\{(slot|handle|items|array|number|limit|bool|when|error|text|callback)\}|undefined/,
        language,
      );
      for (const { id } of operationsOf(program)) assert.match(text, new RegExp(`(#|//) ${id}\\b`), language);
    }
});

test('a program that differs is shrunk to what makes it differ', async () => {
  const program = programs(4, 200).find((one) => has('shield')(one) && countOf(one) > 20);
  const smallest = await shrink(program, (all) => all.map(has('shield')));
  assert.deepEqual(
    operationsOf(smallest).map(({ op }) => op),
    ['shield'],
  );
});

test('order, times, words and missing lines are differences', () => {
  const trace = ['0 b0.1 starts', '1 b0.1 1 sleep ok None'];
  assert.equal(firstDifference(trace, [...trace]), -1);
  assert.equal(firstDifference(trace, [trace[1], trace[0]]), 0);
  assert.equal(firstDifference(trace, [trace[0], '2 b0.1 1 sleep ok None']), 1);
  assert.equal(firstDifference(trace, [trace[0], '1 b0.1 1 sleep ValueError(e1)']), 1);
  assert.equal(firstDifference(trace, [trace[0]]), 1);
  assert.equal(firstDifference(trace, [...trace, '1 b0.1 returns None']), 2);
});

test('other words on purpose are none, in their place alone', () => {
  const [theirs, ours] = ['1 b0.1 1 sleep TimeoutError()', '1 b0.1 1 sleep TimeoutError(The time limit was reached)'];
  assert.equal(firstDifference([theirs], [ours]), -1);
  assert.equal(firstDifference([ours], [theirs]), 0);
  assert.equal(firstDifference([theirs], [ours.replace('1 b0.1', '2 b0.1')]), 0);
  assert.equal(firstDifference([theirs], ['1 b0.1 1 sleep TimeoutError(e1)']), 0);
});

test('an excuse is for what it names', () => {
  const [gathering, sleeping] = [programs(5, 200).find(has('gather')), { bodies: [[]], callbacks: [], runs: [] }];
  const [theirs, ours] = [['0 b0.1 3 gather CancelledError(m1)'], ['0 b0.1 3 gather CancelledError()']];
  assert.equal(excuseOf(gathering, theirs, ours, 0), 'words of a cancelled gather');
  assert.equal(excuseOf(sleeping, theirs, ours, 0), undefined);
  assert.equal(excuseOf(gathering, theirs, ['1 b0.1 3 gather CancelledError()'], 0), undefined);
  assert.equal(excuseOf(gathering, theirs, [], 0), undefined);
});

test('coverage tells cleanup from the rest, and what came too seldom', () => {
  const sleep = (id) => ({ id, op: 'sleep', slot: 0, items: [], flag: 0, number: 1, text: null, blocks: [] });
  const finally_ = { ...sleep(1), op: 'try_finally', blocks: [[sleep(2)], [sleep(3)]] };
  const coverage = new Coverage();
  coverage.add({ bodies: [[finally_]], callbacks: [] }, [
    '0 b0.1 starts',
    '1 b0.1 2 sleep CancelledError(m1)',
    '2 b0.1 3 sleep CancelledError()',
    '2 b0.1 raises CancelledError()',
  ]);
  const row = coverage
    .table()
    .text.split('\n')
    .find((line) => line.startsWith('sleep'));
  assert.deepEqual(row.trim().split(/\s+/), ['sleep', '!0', '!0', '1', '1', '-']);
});

test('a crash ends the trace of its program, and the others are run', async () => {
  const code = `
    const fs = require('fs');
    const indices = fs.readFileSync(process.argv.at(-1), 'utf8').trim().split('\\n').map((line) => line.split(' ')[0]);
    for (const index of indices) {
      fs.writeSync(1, 'program ' + index + '\\nline ' + index + '\\n');
      if (index === '1') { fs.writeSync(2, 'ERROR: here\\n'); process.exit(3); }
      fs.writeSync(1, 'done ' + index + '\\n');
    }`;
  const traces = await openNative(process.execPath, ['-e', code, '--'])(programs(1, 3));
  assert.deepEqual(traces, [['line 0'], ['line 1', 'crashed: 3', 'ERROR: here'], ['line 2']]);
});

test('a surface that is not there says so', () => {
  assert.throws(() => surfacesOf('stackless'), /not built yet/);
  assert.throws(() => surfacesOf('jspi'), /Expected --surface to be .*, got jspi/);
});

test('every mutant says what is wrong with it, and fits the sources', async () => {
  assert.ok(mutants().length >= 30, `Expected 30 mutants, got ${mutants().length}`);
  for (const mutant of mutants()) assert.equal(await misfit(mutant), undefined, mutant.name);
});
