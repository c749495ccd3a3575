// SPDX-License-Identifier: MIT
// What a caller of a C program's functions can get wrong: each row is a mistake, the class and the exact words that it
// is answered with; after each a fresh task completes, and no value is left with C.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import * as asyncio from './support.mjs';

const { RuntimeError, TypeError, ValueError } = asyncio;

let app, other, closed, values;
before(async () => {
  const create = await asyncio.factory('exports', 'load_bad_input');
  [app, other, closed] = [
    await asyncio.loadVirtual(create),
    await asyncio.loadVirtual(create),
    await asyncio.loadVirtual(create),
  ];
  leftovers = makeLeftovers();
  closed.close();
  values = app.core.bridge.values;
});
after(() => {
  app.close();
  other.close();
});

// What is made of a runtime that is closed then.
let leftovers;
const makeLeftovers = () => {
  const loop = closed.new_event_loop();
  const future = loop.create_future();
  return {
    loop,
    future,
    call: closed.nothing(),
    task: closed.create_task(closed.rest(1, 'a')),
    handle: loop.call_soon(() => {}),
  };
};

const detached = () => {
  const { buffer } = new Uint8Array(4);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
};
const used = () => {
  const call = app.nothing();
  app.create_task(call);
  return call;
};

const INT = 'Expected [value] of echo_int() to be';
const CLOSED = 'The runtime is closed';

// [the mistake, its class, its words, what makes it]
const ROWS = [
  ['too few arguments', TypeError, 'echo_text() takes 1 argument (value), got 0', () => app.echo_text()],
  ['too many arguments', TypeError, 'echo_text() takes 1 argument (value), got 2', () => app.echo_text('a', 'b')],
  ['one of two arguments', TypeError, 'rest() takes 2 arguments (seconds, name), got 1', () => app.rest(1)],
  ['an argument for none', TypeError, 'nothing() takes no arguments, got 1', () => app.nothing(undefined)],
  ['a string for an int', TypeError, `${INT} a number, got "1"`, () => app.echo_int('1')],
  ['a bigint for an int', TypeError, `${INT} a number, got 1n`, () => app.echo_int(1n)],
  ['nothing for an int', TypeError, `${INT} a number, got undefined`, () => app.echo_int(undefined)],
  ['NaN for an int', ValueError, `${INT} an int between -2147483648 and 2147483647, got NaN`, () => app.echo_int(NaN)],
  [
    'a half for an int',
    ValueError,
    `${INT} an int between -2147483648 and 2147483647, got 0.5`,
    () => app.echo_int(0.5),
  ],
  [
    'too large an int',
    ValueError,
    `${INT} an int between -2147483648 and 2147483647, got 3000000000`,
    () => app.echo_int(3e9),
  ],
  [
    'too small an int8_t',
    ValueError,
    'Expected [value] of echo_int8() to be an int8_t between -128 and 127, got -129',
    () => app.echo_int8(-129),
  ],
  [
    'a negative uint8_t',
    ValueError,
    'Expected [value] of echo_uint8() to be a uint8_t between 0 and 255, got -1',
    () => app.echo_uint8(-1),
  ],
  [
    'an infinite uint16_t',
    ValueError,
    'Expected [value] of echo_uint16() to be a uint16_t between 0 and 65535, got Infinity',
    () => app.echo_uint16(Infinity),
  ],
  [
    'too large an unsigned',
    ValueError,
    'Expected [value] of echo_unsigned() to be an unsigned between 0 and 4294967295, got 4294967296',
    () => app.echo_unsigned(2 ** 32),
  ],
  [
    'too large a size_t',
    ValueError,
    'Expected [value] of echo_size() to be a size_t between 0 and 4294967295, got -1',
    () => app.echo_size(-1),
  ],
  [
    'a number for an int64_t',
    TypeError,
    'Expected [value] of echo_int64() to be a bigint, got 1',
    () => app.echo_int64(1),
  ],
  [
    'too large an int64_t',
    ValueError,
    'Expected [value] of echo_int64() to be an int64_t between -9223372036854775808 and 9223372036854775807, got 9223372036854775808',
    () => app.echo_int64(2n ** 63n),
  ],
  [
    'a negative uint64_t',
    ValueError,
    'Expected [value] of echo_uint64() to be a uint64_t between 0 and 18446744073709551615, got -1',
    () => app.echo_uint64(-1n),
  ],
  ['a number for a bool', TypeError, 'Expected [value] of echo_bool() to be a boolean, got 1', () => app.echo_bool(1)],
  [
    'a string for a double',
    TypeError,
    'Expected [value] of echo_double() to be a number, got "0.5"',
    () => app.echo_double('0.5'),
  ],
  [
    'null for a float',
    TypeError,
    'Expected [value] of echo_float() to be a number, got null',
    () => app.echo_float(null),
  ],
  [
    'a number for a string',
    TypeError,
    'Expected [value] of echo_text() to be a string, got 42',
    () => app.echo_text(42),
  ],
  [
    'a String object for a string',
    TypeError,
    'Expected [value] of echo_text() to be a string, got an object (String)',
    () => app.echo_text(new String('a')),
  ],
  [
    'a string with a NUL',
    ValueError,
    'Expected [value] of echo_text() to be a string without NUL characters, got one at 3',
    () => app.echo_text('abc\0d'),
  ],
  [
    'a string for bytes',
    TypeError,
    'Expected [value] of echo_bytes() to be an ArrayBuffer or a view of one, got "a"',
    () => app.echo_bytes('a'),
  ],
  [
    'an array for bytes',
    TypeError,
    'Expected [value] of echo_bytes() to be an ArrayBuffer or a view of one, got an object (Array)',
    () => app.echo_bytes([1]),
  ],
  [
    'a detached buffer for bytes',
    TypeError,
    'Expected [value] of echo_bytes() to be an ArrayBuffer or a view of one, got one that is detached',
    () => app.echo_bytes(detached()),
  ],
  [
    'a detached buffer for any value',
    TypeError,
    'Expected [value] of echo_value() to be an ArrayBuffer or a view of one, got one that is detached',
    () => app.echo_value(detached()),
  ],
  [
    'a result of another kind',
    RuntimeError,
    'Expected the result of text_for_int() to be of type int, got text',
    () => app.text_for_int(),
  ],
  [
    'no result',
    RuntimeError,
    'Expected the result of nothing_for_text() to be of type const char *, got nothing',
    () => app.nothing_for_text(),
  ],
  [
    'too large a result',
    RuntimeError,
    'Expected the result of large_for_int8() to be of type int8_t, got an integer, 128',
    () => app.large_for_int8(),
  ],
  [
    'a half as a result',
    RuntimeError,
    'Expected the result of half_for_int64() to be of type int64_t, got a double, 0.5',
    () => app.half_for_int64(),
  ],
  [
    'a result where none is declared',
    RuntimeError,
    'Expected the result of text_for_void() to be of type void, got text',
    () => app.text_for_void(),
  ],
  [
    'text as bytes',
    RuntimeError,
    'Expected the result of text_for_bytes() to be of type asyncio_buffer, got text',
    () => app.text_for_bytes(),
  ],
  [
    'a function that was not called',
    TypeError,
    'Expected [coroutine] to be a coroutine, got a coroutine function: call it',
    () => app.create_task(app.nothing),
  ],
  [
    'one that was not called, in another runtime',
    TypeError,
    'Expected [awaitables[0]] to be a coroutine, got a coroutine function: call it',
    () => other.gather(app.nothing),
  ],
  [
    'run of one that was not called',
    TypeError,
    'Expected [coroutine] to be a coroutine, got a coroutine function: call it',
    () => app.run(app.nothing),
  ],
  [
    'call_soon of a function of C',
    TypeError,
    'Expected [callback] to be a plain function, got a coroutine function: make it a task',
    () => app.get_running_loop().call_soon(app.nothing),
  ],
  ['a call awaited twice', RuntimeError, 'cannot reuse already awaited coroutine', () => app.wait_for(used(), 1)],
  ['a status that is no error', ValueError, "Expected [status] to be an error's, got 5", () => app.fail(5, '')],
  [
    'too small a stack',
    ValueError,
    'Expected [stack_size] to be at least 2048, got 5',
    () => app.create_task(app.nothing(), { stack_size: 5 }),
  ],
  [
    'half a byte of stack',
    ValueError,
    'Expected [stack_size] to be a number of bytes, got 4096.5',
    () => app.create_task(app.nothing(), { stack_size: 4096.5 }),
  ],
  ['create_task of a closed runtime', RuntimeError, CLOSED, () => closed.create_task(closed.nothing())],
  ['a call of a closed runtime', RuntimeError, CLOSED, () => closed.nothing()],
  ['a call that was made before it closed', RuntimeError, CLOSED, () => leftovers.call],
  ['the same in another runtime', RuntimeError, CLOSED, () => app.gather(closed.nothing())],
  ['a pending future of a closed runtime', RuntimeError, CLOSED, () => leftovers.future.result()],
  ['a result for it', RuntimeError, CLOSED, () => leftovers.future.set_result(1)],
  ['waiting for it', RuntimeError, CLOSED, () => app.wait_for(leftovers.future, 1)],
  ['run of a closed runtime', RuntimeError, CLOSED, () => closed.run(async () => 1)],
  ['a loop of a closed runtime', RuntimeError, CLOSED, () => closed.new_event_loop()],
  ['sleep of a closed runtime', RuntimeError, CLOSED, () => closed.sleep(1)],
  ['call_soon on a loop of it', RuntimeError, 'Event loop is closed', () => leftovers.loop.call_soon(() => {})],
  ['a future of a loop of it', RuntimeError, 'Event loop is closed', () => leftovers.loop.create_future()],
  [
    'close from a callback',
    RuntimeError,
    'Cannot close the runtime from a callback or coroutine of its own',
    () => app.run(async () => app.close()),
  ],
];

for (const [mistake, type, words, make] of ROWS)
  test(`${mistake}: ${type.name}`, async () => {
    let error;
    try {
      await make();
    } catch (thrown) {
      error = thrown;
    }
    assert.ok(error instanceof type, `Expected a ${type.name}, got ${error}`);
    assert.equal(error.message, words);
    assert.equal(await app.create_task(app.echo_text('fresh')), 'fresh');
    const left = values.all().filter((value) => typeof value !== 'function' && !(value instanceof Error));
    assert.deepEqual(left, []);
  });

test('a handle of a closed runtime is cancelled in vain, and its task is cancelled', () => {
  leftovers.handle.cancel();
  assert.ok(leftovers.task.cancelled());
  assert.equal(leftovers.task.cancel(), false);
  closed.close();
});
