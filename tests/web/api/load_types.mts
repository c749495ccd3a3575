// SPDX-License-Identifier: MIT
// Compiled by load_types.test.mjs beside the declarations that `wasyncio types` has written, never run.
import * as asyncio from 'wasyncio';
import createModule from './program.js';
import createGenerators from './generators.js';
import createReserved from './reserved.mjs';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : [never]) => {};

const app = await asyncio.load(createModule, { locateFile: (name: string) => name });

const big = await app.echo_int64(5n);
same<typeof big, bigint>();
const task = app.create_task(app.echo_text('a'), { name: 'echo', stack_size: 65536 });
same<typeof task, asyncio.Task<string>>();
const [bytes, flag, nothing, number] = await app.gather(
  app.echo_bytes(new Float32Array(4)),
  app.echo_bool(true),
  app.nothing(),
  app.exports.gather(5),
);
same<typeof bytes, Uint8Array>();
same<typeof flag, boolean>();
same<typeof nothing, undefined>();
same<typeof number, number>();

function* main() {
  const text = yield* app.mixed(true, 0.5, 200, -5n, 'e', 3, new ArrayBuffer(1), 'h');
  same<typeof text, string>();
  return yield* asyncio.wait_for(app.returns_at_once(1), 1);
}
const outcome = await asyncio.run(main());
same<typeof outcome, number>();

// @ts-expect-error: a number is no bigint
app.echo_int64(5);
// @ts-expect-error: nor is text
app.echo_int('5');
// @ts-expect-error: one argument is missing
app.rest(1);
// @ts-expect-error: there is no such export
app.missing();
// @ts-expect-error: a string is no buffer
app.echo_bytes('text');
// @ts-expect-error: the runtime's own gather takes awaitables, as it does everywhere
same<ReturnType<typeof app.gather>, asyncio.Coroutine<number>>();
// @ts-expect-error: a number is no factory
await asyncio.load(42);

const reserved = await asyncio.load(createReserved);
same<Awaited<ReturnType<typeof reserved.delete>>, number>();
reserved.delete(1, 'class', true);
reserved.exports.then();

const generators = await asyncio.load(createGenerators);
same<ReturnType<typeof generators.counts>, asyncio.ExportedGenerator<number>>();
for await (const word of generators.words('text', 1n)) same<typeof word, string>();
function* steps() {
  const item = yield* generators.counts(3).anext();
  same<typeof item, number>();
  // @ts-expect-error: a number is no text
  generators.words(3, 1n);
}
await asyncio.run(steps());

const untyped = await asyncio.load((_options: object) => Promise.resolve({}));
untyped.anything?.(1, 'two');
app.close();
