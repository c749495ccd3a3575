// SPDX-License-Identifier: MIT
// A loaded C program: every type both ways at its limits, from programs that were linked in every way that there is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { RuntimeError, load, sleep } from '../../../build/api/index.js';
import { factory, loadVirtual, rejection } from './support.mjs';

const LINKED = {
  'at -O3': ['-O3'],
  'at -O1': ['-O1'],
  'at -Oz, with its bytes in the file': ['-Oz', '-sSINGLE_FILE'],
  'as an ECMAScript module for the web': ['-O3', '-sEXPORT_ES6', '-sENVIRONMENT=web,worker'],
};

const LONG = 'Grüße \u{1f600} '.repeat(80_000); // more than a megabyte of UTF-8

// Each value that a function must give back.
const ECHOES = {
  echo_bool: [true, false],
  echo_char: [-128, 0, 127],
  echo_int8: [-128, 0, 127],
  echo_uint8: [0, 255],
  echo_int16: [-32768, 32767],
  echo_uint16: [0, 65535],
  echo_int: [-2147483648, 0, 2147483647],
  echo_unsigned: [0, 4294967295],
  echo_long: [-2147483648, 2147483647],
  echo_size: [0, 4294967295],
  echo_int64: [-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n],
  echo_uint64: [0n, 2n ** 63n, 2n ** 64n - 1n],
  echo_float: [0, -0.5, Infinity, NaN, 3.4028234663852886e38],
  echo_double: [0, -0, 0.1, Number.MAX_VALUE, -Infinity, NaN],
  echo_text: ['', 'a', '\ufeffwith a mark', 'öß€\u{10ffff}', LONG],
  echo_bytes: [new Uint8Array(0), Uint8Array.of(0, 1, 0, 255, 0), new Uint8Array(1_000_000).fill(7)],
  echo_value: [undefined, null, true, 0.5, 'text\0with a NUL', 2n ** 63n - 1n, 2n ** 70n, {}, () => {}, Symbol('mark')],
};

for (const [how, flags] of Object.entries(LINKED)) {
  describe(`a program linked ${how}`, () => {
    let app;
    before(async () => {
      const create = await factory('exports', 'load', flags);
      app = await loadVirtual(create, how.includes('web') ? { wasmBinary: create.wasm() } : {});
    });
    after(() => {
      assert.equal(app.all_tasks().size, 0);
      app.close();
    });

    for (const [name, values] of Object.entries(ECHOES))
      test(`${name} gives back what it is given`, async () => {
        for (const value of values) {
          const got = await app.exports[name](value);
          if (value instanceof Uint8Array) assert.deepEqual(got, value);
          else assert.ok(Object.is(got, value), String(got).slice(0, 80));
        }
      });

    test('parameters of all sizes lie where C expects them', async () => {
      const bytes = new TextEncoder().encode('bytes');
      assert.equal(
        await app.mixed(true, 0.25, 200, -5n, 'first', -3, bytes, 'last'),
        '1 0.25 200 -5 first -3 bytes last',
      );
    });
  });
}

describe('values', () => {
  let app;
  before(async () => (app = await loadVirtual(await factory('exports', 'load'))));
  after(() => app.close());

  test('lone surrogates become U+FFFD', async () => assert.equal(await app.echo_text('a\ud800b'), 'a\ufffdb'));

  test('bytes come from any view, and are copied when the function is called', async () => {
    const { buffer } = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const call = app.echo_bytes(new DataView(buffer, 2, 3));
    new Uint8Array(buffer).fill(9);
    assert.deepEqual(await call, Uint8Array.of(3, 4, 5));
    assert.deepEqual(await app.echo_bytes(new Float64Array(1).buffer), new Uint8Array(8));
    assert.deepEqual(await app.echo_bytes(new SharedArrayBuffer(2)), new Uint8Array(2));
  });

  test('C reads values as copies, and what it cannot read as itself', async () => {
    const kinds = [];
    for (const value of [undefined, true, 1n, 0.5, 'text', new Uint8Array(2), {}, null, 2n ** 64n])
      kinds.push(await app.kind_of(value));
    assert.deepEqual(kinds, [0, 1, 2, 3, 5, 6, 9, 9, 9]);
    assert.deepEqual(await app.echo_value(new Uint16Array([258])), Uint8Array.of(2, 1));
  });

  test("C's own lists and pointers can be read", async () => {
    assert.deepEqual(await app.gather_own(5), [5n, 'rested']);
    assert.equal(await app.give_pointer(), 64);
  });

  test('a result that fits what was declared is converted', async () => {
    assert.equal(await app.whole_double_for_int(), 7);
    assert.equal(await app.int_for_double(), 7);
    assert.equal(await app.nothing(), undefined);
  });

  test('what JavaScript made keeps its identity on the loops of C', async () => {
    const given = { bytes: new Uint8Array(1) };
    function* give() {
      return given;
    }
    assert.equal(await app.create_task(give()), given);
    assert.equal(await app.run(async () => given.bytes), given.bytes);
    const future = app.get_running_loop().create_future();
    future.set_result(given.bytes);
    assert.equal(await future, given.bytes);
    function* yields() {
      return yield Promise.resolve(given.bytes);
    }
    assert.equal(await app.create_task(yields()), given.bytes);
  });

  test('a coroutine object runs once, when it is awaited, and is known for what it is', async () => {
    const { running_now, rest } = app;
    const call = rest(1, 'a');
    assert.ok(app.iscoroutine(call) && app.iscoroutinefunction(rest));
    assert.equal(await running_now(), 0);
    const task = app.create_task(call, { name: 'resting' });
    assert.equal(task.get_name(), 'resting');
    await sleep(0);
    assert.equal(await running_now(), 1);
    assert.equal(await task, 'a');
    assert.equal(`${await rejection(call)}`, 'RuntimeError: cannot reuse already awaited coroutine');
    assert.deepEqual([rest.name, rest.length], ['rest', 2]);
  });

  test('names that a runtime has are among the exports, and its own stay', async () => {
    assert.equal(await app.exports.gather(5), 5);
    assert.deepEqual(await app.gather(app.exports.then(6)), [6]);
    assert.ok(Object.isFrozen(app.exports) && !('then' in app));
  });

  test('a task may have a larger stack', async () => {
    const create_task = (options) => app.create_task(app.deep(100), options);
    assert.equal(await create_task({ stack_size: 200 * 1024 }), 0);
    assert.equal(
      `${await rejection(app.run(async () => app.create_task(app.nothing(), { stack_size: 100 })))}`,
      'ValueError: Expected [stack_size] to be at least 2048, got 100',
    );
  });
});

test('what does not fit the memory of C is a MemoryError, and nothing is lost', async () => {
  const create = await factory('exports', 'load', ['-O3', '-sALLOW_MEMORY_GROWTH=0', '-sABORTING_MALLOC=0']);
  const app = await loadVirtual(create);
  const large = 20e6; // of 16 MiB
  const words = async (call) => `${await rejection(call)}`;
  for (let i = 0; i < 3; i++) {
    assert.equal(await words(app.echo_text('x'.repeat(large))), "MemoryError: Out of memory for coroutine 'echo_text'");
    const bytes = 'MemoryError: Out of memory for a value of 20000000 bytes';
    assert.equal(await words(app.echo_value(new Uint8Array(large))), bytes);
    assert.equal(
      await words(app.echo_text('x'.repeat(6e6))),
      'MemoryError: Out of memory for a value of 6000000 bytes',
    );
    assert.equal(await app.echo_text('x'.repeat(1e6)), 'x'.repeat(1e6));
  }
  assert.equal(app.core.bridge.values.size, 0);
  app.close();
});

test('load() says what is wrong with what it is given', async () => {
  const create = await factory('exports', 'load');
  const words = async (...args) => `${await rejection(load(...args))}`;
  const name = 'Expected [createModule] to be the function that emcc -sMODULARIZE makes, got';
  assert.equal(await words(), `TypeError: ${name} undefined`);
  assert.equal(await words({ default: create }), `TypeError: ${name} an object (Object)`);
  assert.equal(await words(import('./support.mjs')), `TypeError: ${name} a Promise`);
  assert.equal(await words(create, null), 'TypeError: Expected [options] to be an object, got null');
  const notLinked =
    'RuntimeError: The module is no program of asyncio: link it with --js-library asyncio.js and -sMODULARIZE, and let ' +
    "the function that makes it pass its argument on to emcc's";
  assert.equal(await words(() => ({})), notLinked);
  assert.equal(await words(async () => null), notLinked);
  const exportless = await factory('plain_main', 'load');
  assert.equal(
    await words(exportless, { noInitialRun: true, print() {} }),
    'RuntimeError: The program exports nothing: define what JavaScript may call with ASYNCIO_EXPORT',
  );
  const reason = new RuntimeError('no module today');
  assert.equal(await rejection(load(() => Promise.reject(reason))), reason);
  assert.equal(
    await rejection(
      load(() => {
        throw reason;
      }),
    ),
    reason,
  );
  assert.match(await words(create, { wasmBinary: Uint8Array.of(1, 2, 3), printErr() {} }), /CompileError/);
});
