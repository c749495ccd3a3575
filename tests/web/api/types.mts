// SPDX-License-Identifier: MIT
// Compiled by types.test.mjs, never run. `yield*` gives what the awaitable gives.
import * as asyncio from 'wasyncio';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : [never]) => {};

function* answer() {
  yield* asyncio.sleep(1);
  return 42;
}

export function* main() {
  const slept = yield* asyncio.sleep(1, 'text');
  same<typeof slept, string>();
  const task = asyncio.create_task(answer(), { name: 'answer' });
  same<typeof task, asyncio.Task<number>>();
  const result = yield* task;
  same<typeof result, number>();
  const [number, text, flag] = yield* asyncio.gather(answer(), asyncio.sleep(0, 'a'), Promise.resolve(true));
  same<typeof number, number>();
  same<typeof text, string>();
  same<typeof flag, boolean>();
  const limited = yield* asyncio.wait_for(async () => 'soon', 1);
  same<typeof limited, string>();
  const [done, pending] = yield* asyncio.wait([task], { timeout: 1, return_when: asyncio.FIRST_COMPLETED });
  same<typeof done, Set<asyncio.Future<number>>>();
  same<typeof pending, Set<asyncio.Future<number>>>();
  // @ts-expect-error: a promise is no coroutine: it has started already
  asyncio.create_task(42);
  // @ts-expect-error: a delay is a number
  asyncio.sleep('1');
  // @ts-expect-error: there is no such condition
  asyncio.wait([task], { return_when: 'SOME' });
  return limited;
}

export const outcome: Promise<string> = asyncio.run(main());
