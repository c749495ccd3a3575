// SPDX-License-Identifier: MIT
// Asynchronous generators: the operations, in the words of operations.mjs. Any body may be run as one; `slot` is the
// number of a generator, which is its body's: only bodies before that use it, so that nothing waits for itself. What
// yields is at the top of a body alone, and says "not here" in a coroutine.
import { anywhere, suspends, themed } from './describe.mjs';

const ENDS = ['ok', 'error'];
const ASKS = ['ok', 'error', 'cancelled', 'cleanup', 'timeout'];

const numbered = (body, fields = {}) => (body === null ? null : { slot: -1 - body, ...fields });

const generated = (body) => (body === null ? null : { items: [body], slot: -1 - body });

const asks = (method, args, c) => ({
  python: `await generators[{n}].${method}(${args})`,
  js: `yield* generators[{n}].${method}(${args});`,
  c: `ASYNCIO_TRY(asyncio_await(asyncio_${c}, &value));`,
});

const top = (weight, make, outcomes, more) => ({ ...suspends(weight, make, outcomes, {}), where: 'top', ...more });

const generators = {
  generate: anywhere(22, (m) => generated(m.body()), {
    python: 'generators[{n}] = {items}',
    js: 'generators[{n}] = {items};',
    c: 'generators[{n}] = {generator};',
  }),
  anext: suspends(50, (m) => numbered(m.body()), ASKS, asks('__anext__', '', 'anext(generators[{n}])')),
  asend: suspends(
    16,
    (m) => numbered(m.body(), { number: m.int(1, 9) }),
    ENDS,
    asks('asend', '{number}', 'asend(generators[{n}], asyncio_int({number}))'),
  ),
  athrow: suspends(
    16,
    (m) => numbered(m.body(), { flag: m.kind(), text: m.words() }),
    ENDS,
    asks('athrow', '{error}', 'athrow(generators[{n}], {error})'),
  ),
  aclose: suspends(20, (m) => numbered(m.body()), ASKS, asks('aclose', '', 'aclose(generators[{n}])')),
  iterate: suspends(20, (m) => numbered(m.body()), ASKS, {
    python: 'async for value in generators[{n}]: pass',
    js: 'for await (const value of generators[{n}]) {}',
    c: 'iterate(generators[{n}]);',
  }),
  shutdown_asyncgens: suspends(4, () => ({}), ['ok'], {
    python: 'await loop.shutdown_asyncgens()',
    js: 'yield* loop.shutdown_asyncgens();',
    c: 'ASYNCIO_TRY(asyncio_await(asyncio_loop_shutdown_asyncgens(loop), NULL));',
  }),
  yield: top(40, (m) => ({ number: m.int(1, 9) }), ENDS, {
    python: 'yield {number}',
    js: 'yield {number};',
    c: 'ASYNCIO_TRY(asyncio_yield(asyncio_int({number}), NULL));',
  }),
  yield_try: top(
    40,
    (m) => ({ number: m.int(1, 9), flag: m.catch(), blocks: [m.block(), m.block('handler')] }),
    ENDS,
    { block: true },
  ),
};

export const GENERATORS = themed('generators', generators);
