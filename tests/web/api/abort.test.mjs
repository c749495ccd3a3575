// SPDX-License-Identifier: MIT
// AbortSignals that cancel: why they fired is the cause of the CancelledError.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CancelledError, TypeError, rejection, virtual } from './support.mjs';

const asyncio = virtual();
const { create_task, run, sleep } = asyncio;
const reason = new Error('the user left');

// The CancelledErrors that a task with a signal is told of, and that it ends with.
async function cancelledBy(reason, start) {
  const controller = new AbortController();
  const task = start(controller.signal);
  await sleep(0);
  controller.abort(reason);
  return rejection(task);
}

test("a signal's reason is the cause of what is thrown in, and of the task's end", async () => {
  let caught;
  const error = await cancelledBy(reason, (signal) =>
    create_task(
      (function* () {
        try {
          yield* sleep(Infinity);
        } catch (error) {
          caught = error;
          throw error;
        }
      })(),
      { signal },
    ),
  );
  assert.ok(error instanceof CancelledError && error === caught);
  assert.deepEqual([error.message, error.cause], ['the user left', reason]);
});

test('of an async function too, whether it looks at its own signal or not', async () => {
  let told;
  const listening = (task) =>
    new Promise((resolve, reject) => {
      task.signal.addEventListener('abort', () => {
        told = task.signal.reason;
        reject(told);
      });
    });
  const error = await cancelledBy(reason, (signal) => create_task(listening, { signal }));
  assert.deepEqual([error === told, error.cause], [true, reason]);
  const deaf = await cancelledBy(reason, (signal) => create_task(() => new Promise(() => {}), { signal }));
  assert.deepEqual([deaf.name, deaf.cause], ['CancelledError', reason]);
});

test('a reason may be anything', async () => {
  const sleeping = (signal) => create_task(sleep(Infinity), { signal });
  const words = await cancelledBy('words', sleeping);
  assert.deepEqual([words.message, words.cause], ['words', 'words']);
  const none = await cancelledBy(undefined, sleeping);
  assert.equal(none.cause.name, 'AbortError');
});

test('a signal that has fired already keeps the task from starting', async () => {
  let begun = false;
  const signal = AbortSignal.abort(reason);
  const error = await rejection(
    create_task(
      () => {
        begun = true;
      },
      { signal },
    ),
  );
  assert.deepEqual([begun, error.cause], [false, reason]);
});

test('a later cancellation by somebody else has no cause', async () => {
  const controller = new AbortController();
  const task = create_task(
    (function* () {
      try {
        yield* sleep(Infinity);
      } catch {
        yield* sleep(Infinity);
      }
    })(),
    { signal: controller.signal },
  );
  await sleep(0);
  controller.abort(reason);
  await sleep(0);
  task.cancel('by hand');
  const error = await rejection(task);
  assert.deepEqual([error.message, error.cause], ['by hand', undefined]);
});

test('run() takes a signal, which cancels what it runs and nothing else', async () => {
  const controller = new AbortController();
  const ended = [];
  function* main() {
    create_task(
      (function* () {
        try {
          yield* sleep(Infinity);
        } catch (error) {
          ended.push(`child: ${error.cause}`);
          throw error;
        }
      })(),
    );
    try {
      yield* sleep(Infinity);
    } finally {
      ended.push('main');
    }
  }
  const running = rejection(run(main(), { signal: controller.signal }));
  await new Promise((resolve) => setTimeout(resolve));
  controller.abort(reason);
  const error = await running;
  assert.deepEqual([error.name, error.cause], ['CancelledError', reason]);
  assert.deepEqual(ended, ['main', 'child: undefined']);
  const before = await rejection(run(main(), { signal: AbortSignal.abort(reason) }));
  assert.equal(before.cause, reason);
  const wrong = await rejection(run(main(), { signal: 7 }));
  assert.deepEqual([wrong instanceof TypeError, wrong.message], [true, 'Expected [signal] to be an AbortSignal, got 7']);
});
