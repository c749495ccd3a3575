// SPDX-License-Identifier: MIT
// Runs that can never end: Node.js is about to exit, and they are told so.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

import { root } from '../../tools/paths.mjs';

const PACKAGE = new URL('build/api/index.js', `file://${root}/`).href;

// What a program prints that is run by Node.js, and its exit status.
function execute(program) {
  const source = `import * as asyncio from ${JSON.stringify(PACKAGE)};\n${program}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, lines: stdout.trim().split('\n'), errors: stderr };
}

const told = `.catch((error) => console.log(String(error)))`;

test('a run whose tasks all wait for each other fails, names them and cleans up', () => {
  const { status, lines, errors } = execute(`
    function* held(lock) {
      try {
        yield* lock.acquire();
      } finally {
        yield* asyncio.sleep(0.001);
        console.log('cleaned up');
      }
    }
    function* main() {
      const lock = new asyncio.Lock();
      yield* lock.acquire();
      asyncio.create_task(held(lock), { name: 'second' });
      yield* lock.acquire();
    }
    await asyncio.run(main())${told};
    console.log('and goes on');
  `);
  assert.deepEqual(lines, [
    'cleaned up',
    "RuntimeError: Nothing is left that could wake <Task pending name='Task-1'>, <Task pending name='second'>",
    'and goes on',
  ]);
  assert.deepEqual([status, errors], [0, '']);
});

test('a promise that nobody will settle is found too, and an error that nobody takes fails the program', () => {
  const { status, errors } = execute('asyncio.run(async () => new Promise(() => {}));');
  assert.equal(status, 1);
  assert.match(errors, /RuntimeError: Nothing is left that could wake <Task pending name='Task-1'>/);
});

test('whoever waits again as it is cleaned up is given up', () => {
  const { lines, errors } = execute(`
    function* main() {
      try {
        yield new Promise(() => {});
      } finally {
        yield new asyncio.Event().wait();
      }
    }
    await asyncio.run(main())${told};
  `);
  assert.deepEqual(lines, ["RuntimeError: Nothing is left that could wake <Task pending name='Task-1'>"]);
  assert.match(errors, /Task was destroyed but it is pending \(Task-1\)/);
});

test('timers, what the host has to do, and loops that run forever are not in vain', () => {
  const { status, lines, errors } = execute(`
    import { readFile } from 'node:fs/promises';
    await asyncio.run(asyncio.sleep(0.01));
    await asyncio.run(async () => readFile('/dev/null'));
    await asyncio.run(async () => new Promise((resolve) => setTimeout(resolve, 10)));
    console.log('all ended');
    asyncio.create_task(async () => new Promise(() => {}));
    asyncio.new_event_loop().run_forever();
  `);
  assert.deepEqual([status, lines, errors], [0, ['all ended'], '']);
});
