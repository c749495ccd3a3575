// SPDX-License-Identifier: MIT
// Groups of errors: which of them a handler is for.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ExceptionGroup, TimeoutError, TypeError, ValueError, rejection, thrown, virtual } from './support.mjs';

const asyncio = virtual();

const late = new TimeoutError('late');
const wrong = new ValueError('wrong');
const range = new RangeError('far');
const inner = new ExceptionGroup('inner', [late, range]);
const outer = new ExceptionGroup('outer', [wrong, inner, late]);

// A group as a text: its message and its errors.
const drawn = (group) =>
  group && `${group.message}[${group.exceptions.map((each) => (each?.exceptions ? drawn(each) : String(each?.message ?? each)))}]`;
const split = (condition, group = outer) => group.split(condition).map(drawn);

test('a class divides a group, and the groups within it', () => {
  assert.deepEqual(split(TimeoutError), ['outer[inner[late],late]', 'outer[wrong,inner[far]]']);
  assert.deepEqual(split(RangeError), ['outer[inner[far]]', 'outer[wrong,inner[late],late]']);
  assert.equal(drawn(outer.subgroup(ValueError)), 'outer[wrong]');
  assert.equal(drawn(outer), 'outer[wrong,inner[late,far],late]');
});

test('where nothing is left there is no group', () => {
  assert.deepEqual(split(SyntaxError), [null, 'outer[wrong,inner[late,far],late]']);
  assert.equal(outer.subgroup(SyntaxError), null);
  assert.deepEqual(split([TimeoutError, ValueError, RangeError]), ['outer[wrong,inner[late,far],late]', null]);
  assert.deepEqual(split([]), [null, 'outer[wrong,inner[late,far],late]']);
});

test('a group that matches is given itself', () => {
  for (const condition of [Error, ExceptionGroup, [ExceptionGroup], (error) => error === outer])
    assert.deepEqual(outer.split(condition), [outer, null]);
  assert.equal(outer.subgroup((error) => error === inner).exceptions[0], inner);
});

test('a function is asked of each, also of a subclass and of what is no Error', async () => {
  class Missing extends ValueError {}
  const group = new ExceptionGroup('all', [new Missing('one'), 'text', undefined]);
  assert.deepEqual(split(ValueError, group), ['all[one]', 'all[text,undefined]']);
  assert.deepEqual(split((error) => error === undefined, group), ['all[undefined]', 'all[one,text]']);
  const failure = thrown(() =>
    group.split(() => {
      throw late;
    }),
  );
  assert.equal(failure, late);
});

test('what a task group has thrown can be divided, and counts anew', async () => {
  const error = await rejection(
    asyncio.run(
      new asyncio.TaskGroup().with(function* (group) {
        for (const each of [late, wrong])
          group.create_task(async () => {
            throw each;
          });
        yield* asyncio.sleep(1);
      }),
    ),
  );
  assert.equal(error.message, 'unhandled errors in a TaskGroup (2 sub-exceptions)');
  const [timeouts, rest] = error.split(TimeoutError);
  assert.deepEqual([timeouts.exceptions, timeouts.errors, rest.exceptions], [[late], [late], [wrong]]);
  assert.equal(rest.message, 'unhandled errors in a TaskGroup');
});

test('a condition of another kind is refused', () => {
  const refused = (condition) => {
    const error = thrown(() => outer.split(condition));
    assert.ok(error instanceof TypeError);
    return error.message;
  };
  assert.equal(refused(undefined), 'Expected [condition] to be a function, got undefined');
  assert.equal(refused('TimeoutError'), 'Expected [condition] to be a function, got "TimeoutError"');
  assert.equal(refused([TimeoutError, 7]), 'Expected [condition] to be a function, got an object (Array)');
});
