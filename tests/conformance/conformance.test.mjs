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
import { primitiveOf } from './operations_locks.mjs';
import { shrink } from './shrink.mjs';
import { sourcesOf } from './sources.mjs';
import { unknownOf, without } from './subset.mjs';
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
        /\{(slot|n|flag|handle|items|array|number|limit|when_or_none|bool|when|error|text|callback|gave|given|async)\}|undefined/,
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
  assert.equal(excuseOf(gathering, theirs, [...ours, '2 allocations are left'], 0), undefined);
  assert.equal(excuseOf(gathering, theirs, [...ours, 'crashed: SIGSEGV'], 0), undefined);
});

test('a surface gets programs without what it does not know', () => {
  const program = programs(6, 400).find((one) => has('timeout')(one) && has('sleep')(one));
  const wait = programs(6, 400).find((one) => operationsOf(one).some(({ items }) => primitiveOf(items[0])));
  const unknown = unknownOf(new Set(['sleep', 'spawn', 'wait_for']));
  for (const one of [program, wait]) {
    const left = operationsOf(without(one, unknown));
    assert.ok(left.length > 0 && left.length < countOf(one));
    assert.deepEqual([...new Set(left.map(({ op }) => op))].filter((name) => unknown.includes(name)), []);
    assert.ok(left.every(({ items }) => items.every((item) => !primitiveOf(item))));
    assert.deepEqual(without(one, unknown).runs, []);
  }
  assert.deepEqual(without(program, []), program);
});

test('what is inside an unknown block stays', () => {
  const program = programs(6, 400).find(has('timeout'));
  const sleeps = (one) => operationsOf(one).filter(({ op }) => op === 'sleep').length;
  assert.equal(sleeps(without(program, ['timeout'])), sleeps(program));
});

test('a closing runner is excused only when nobody is left', () => {
  const program = { bodies: [[]], callbacks: [], runs: [0] };
  const before = ['0 b0.1 starts', '0 b1.2 starts', '0 b0.1 returns None', '0 runner ran b0 None', '0 runner closes'];
  const ended = [...before, '0 b1.2 raises CancelledError()'];
  const excuse = (lines, one = program) => excuseOf(one, [...lines, '0 c0 runs'], [...lines, '0 c1 runs'], lines.length);
  assert.equal(excuse(ended), 'after the last task of a runner');
  assert.equal(excuse(before), undefined);
  assert.equal(excuse(ended.filter((line) => !line.endsWith('closes'))), undefined);
  assert.equal(excuse(ended, { ...program, runs: [] }), undefined);
});

test('what has no time limit is timed out by the one around it', () => {
  const op = (id, name, fields = {}) => ({
    ...{ id, op: name, slot: 0, items: [], flag: 0, number: 1, text: null, blocks: [] },
    ...fields,
  });
  const timeout = op(1, 'timeout', { blocks: [[op(2, 'lock_acquire')]] });
  const coverage = new Coverage();
  coverage.add({ bodies: [[timeout]], callbacks: [] }, [
    '1 b0.1 2 lock_acquire CancelledError()',
    '1 b0.1 1 timeout TimeoutError() expired True',
    '1 b0.2 2 lock_acquire CancelledError()',
    '1 b0.2 1 timeout CancelledError() expired False',
  ]);
  const row = (name) => coverage.table().text.match(new RegExp(`^${name} .*$`, 'm'))[0].trim().split(/\s+/).slice(1);
  assert.deepEqual(row('lock_acquire'), ['!0', '-', '2', '!0', '1']);
  assert.deepEqual(row('timeout'), ['!0', '!0', '1', '!0', '1']);
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

test('what a program leaves in memory is not counted with the next one', async () => {
  const code = `
    const fs = require('fs');
    const index = fs.readFileSync(process.argv.at(-1), 'utf8').split(' ')[0];
    const left = index === '2' ? '' : '1 allocations are left\\n';
    fs.writeSync(1, 'program ' + index + '\\n' + left + 'done ' + index + '\\n');
    process.exit(index === '2' ? 0 : 3);`;
  const traces = await openNative(process.execPath, ['-e', code, '--'])(programs(1, 3));
  assert.deepEqual(traces, [['1 allocations are left'], ['1 allocations are left'], []]);
});

test('a surface that is not there says so', () => {
  assert.throws(() => surfacesOf('fibers'), /Expected --surface to be .*; got fibers/);
});

test('every mutant says what is wrong with it, and fits the sources', async () => {
  assert.ok(mutants().length >= 30, `Expected 30 mutants, got ${mutants().length}`);
  for (const mutant of mutants()) assert.equal(await misfit(mutant), undefined, mutant.name);
});
