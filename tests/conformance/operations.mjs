// SPDX-License-Identifier: MIT
// The operations that programs are made of, each described once for the generator and for the printers. An operation is
// a record of these fields, the same for all, of which each uses what it needs:
//   op, id    its name and its number in the program
//   slot      the slot (or handle) that it fills or looks at
//   items     what it is given: slot numbers; -1 - b is a new coroutine of body b, -101 and less one of the library
//             (operations_locks.mjs); callbacks by their number
//   flag      a choice: an error's kind, a mode, a yes
//   form      1: where it can be written in two ways, the longer one: in C through a coroutine object, in JavaScript
//             with yield and not yield*
//   number    seconds, a value or a count
//   text      words; null for none
//   blocks    the operations inside it
// What an entry says:
//   weight    how often it is chosen where it may stand
//   theme     only programs with this theme have it; none: all have it
//   where     'coroutine', 'top' (in no block), or 'anywhere': in callbacks too, which cannot suspend
//   suspends, block   whether it may suspend, and whether it is a block
//   make      its fields, drawn from a Maker (generate.mjs); null where it cannot stand
//   outcomes  the columns of the coverage table that it can reach
//   python, js, c   how a person would write it: text with {slot}, {items}... filled in by sources.mjs
import { WAITS, anywhere, block, given, inCoroutine, suspends } from './describe.mjs';
import { GENERATORS } from './operations_generators.mjs';
import { LOCKS } from './operations_locks.mjs';
import { SCOPES } from './operations_scopes.mjs';

export { CATCHES, KINDS, WHEN } from './describe.mjs';

export const OPERATIONS = {
  sleep: suspends(14, (m) => ({ number: m.chance(0.02) ? NaN : m.delay() }), ['ok', 'error', 'cancelled', 'cleanup'], {
    python: 'await asyncio.sleep({number})',
    js: 'yield* asyncio.sleep({number});',
    c: 'ASYNCIO_TRY(asyncio_sleep({number}));',
  }),
  await: suspends(13, (m) => m.at(m.awaitable()), WAITS, {
    python: 'await {slot}',
    js: 'yield* {slot};',
    c: 'ASYNCIO_TRY(asyncio_await({slot}, &value));',
  }),
  call: suspends(16, (m) => given(m.body()), WAITS, {
    python: 'await {items}',
    js: 'yield* {items};',
    c: 'ASYNCIO_TRY(asyncio_await({items}, &value));',
  }),
  gather: suspends(8, (m) => ({ items: m.items(3), flag: m.int(0, 1) }), WAITS, {
    python: 'await asyncio.gather({items}, return_exceptions={bool})',
    js: 'yield* asyncio.gather({items}, { return_exceptions: {bool} });',
    c: 'ASYNCIO_TRY(asyncio_await(asyncio_gather_array({array}, {bool}), &value));',
  }),
  wait: suspends(
    9,
    (m) => ({ items: m.chance(0.03) ? m.items(2) : m.slots(3), flag: m.int(0, 2), number: m.timeout() }),
    WAITS,
    {
      python: 'await asyncio.wait([{items}], timeout={limit}, return_when=asyncio.{when})',
      js: "yield* asyncio.wait([{items}], { timeout: {limit}, return_when: '{when}' });",
      c: 'ASYNCIO_TRY(asyncio_wait({array}, {number}, ASYNCIO_{when}, &done));',
    },
  ),
  wait_for: suspends(10, (m) => given(m.item(), { number: m.timeout() }), WAITS, {
    python: 'await asyncio.wait_for({items}, {limit})',
    js: 'yield* asyncio.wait_for({items}, {limit});',
    c: 'ASYNCIO_TRY(asyncio_wait_for({items}, {number}, &value));',
  }),
  shield: suspends(7, (m) => given(m.item()), WAITS, {
    python: 'await asyncio.shield({items})',
    js: 'yield* asyncio.shield({items});',
    c: 'ASYNCIO_TRY(asyncio_await(asyncio_shield({items}), &value));',
  }),

  try_finally: block(9, (m) => ({ blocks: [m.block(), m.block('cleanup')] })),
  try_except: block(12, (m) => ({ flag: m.catch(), blocks: [m.block(), m.block('handler')] })),
  repeat: block(2, (m) => ({ number: m.int(2, 3), blocks: [m.block()] })),
  raise: anywhere(2, (m) => ({ flag: m.kind(), text: m.words() }), {
    python: 'raise {error}',
    js: 'throw {error};',
    c: 'return asyncio_raise({error});',
  }),
  reraise: inCoroutine(6, (m) => (m.handles ? {} : null), {
    python: 'raise',
    js: 'throw error;',
    c: 'return error;',
  }),
  return: inCoroutine(2, (m) => ({ number: m.int(1, 9) }), {
    python: 'return {number}',
    js: 'return {number};',
    c: 'return returns({number});',
  }),

  spawn: anywhere(9, (m) => m.spawned(), {
    python: '{slot} = asyncio.create_task({items})',
    js: '{slot} = asyncio.create_task({items});',
    c: '{slot} = asyncio_create_task({items});',
  }),
  make_gather: inCoroutine(3, (m) => m.outer(m.items(3), { flag: m.int(0, 1) }), {
    python: '{slot} = asyncio.gather({items}, return_exceptions={bool})',
    js: '{slot} = asyncio.gather({items}, { return_exceptions: {bool} });',
    c: '{slot} = asyncio_ref(asyncio_gather_array({array}, {bool}));',
  }),
  make_shield: inCoroutine(3, (m) => m.outer([m.item()]), {
    python: '{slot} = asyncio.shield({items})',
    js: '{slot} = asyncio.shield({items});',
    c: '{slot} = asyncio_ref(asyncio_shield({items}));',
  }),
  future: anywhere(2, (m) => ({ slot: m.future() }), {
    python: '{slot} = loop.create_future()',
    js: '{slot} = loop.create_future();',
    c: '{slot} = asyncio_loop_create_future(loop);',
  }),
  set_result: anywhere(
    4,
    (m) => ({ slot: m.future(), number: m.int(1, 9) }),
    {
      python: '{slot}.set_result({number})',
      js: '{slot}.set_result({number});',
      c: 'asyncio_future_set_result({slot}, asyncio_int({number}));',
    },
    ['ok', 'error'],
  ),
  set_exception: anywhere(
    3,
    (m) => ({ slot: m.future(), flag: m.kind(), text: m.words() }),
    {
      python: '{slot}.set_exception({error})',
      js: '{slot}.set_exception({error});',
      c: 'asyncio_future_set_exception({slot}, {error});',
    },
    ['ok', 'error'],
  ),
  cancel: anywhere(14, (m) => ({ slot: m.any(), text: m.message() }), {
    python: '{slot}.cancel({text})',
    js: '{slot}.cancel({text});',
    c: 'asyncio_future_cancel({slot}, {text});',
  }),
  cancel_self: inCoroutine(3, (m) => ({ text: m.message() }), {
    python: 'asyncio.current_task().cancel({text})',
    js: 'asyncio.current_task().cancel({text});',
    c: 'asyncio_task_cancel(asyncio_current_task(), {text});',
  }),
  uncancel: anywhere(2, (m) => ({ slot: m.task() }), {
    python: '{slot}.uncancel()',
    js: '{slot}.uncancel();',
    c: 'asyncio_task_uncancel({slot});',
  }),
  uncancel_self: inCoroutine(4, () => ({}), {
    python: 'asyncio.current_task().uncancel()',
    js: 'asyncio.current_task().uncancel();',
    c: 'asyncio_task_uncancel(asyncio_current_task());',
  }),
  cancelling: anywhere(1, (m) => ({ slot: m.task() }), {
    python: '{slot}.cancelling()',
    js: '{slot}.cancelling();',
    c: 'asyncio_task_cancelling({slot});',
  }),
  cancelling_self: inCoroutine(1, () => ({}), {
    python: 'asyncio.current_task().cancelling()',
    js: 'asyncio.current_task().cancelling();',
    c: 'asyncio_task_cancelling(asyncio_current_task());',
  }),
  look: anywhere(
    6,
    (m) => ({ slot: m.any() }),
    {
      python: '{slot}.result()',
      js: '{slot}.result();',
      c: 'asyncio_future_result({slot}, &value);',
    },
    ['ok', 'error', 'cancelled'],
  ),
  count_tasks: anywhere(1, () => ({}), {
    python: 'len(asyncio.all_tasks())',
    js: 'asyncio.all_tasks().size;',
    c: 'asyncio_all_tasks(loop, NULL, 0);',
  }),
  add_callback: anywhere(6, (m) => m.add(), {
    python: '{slot}.add_done_callback({callback})',
    js: '{slot}.add_done_callback({callback});',
    c: 'asyncio_future_add_done_callback({slot}, {callback}, NULL);',
  }),
  remove_callback: anywhere(3, (m) => m.remove(), {
    python: '{slot}.remove_done_callback({callback})',
    js: '{slot}.remove_done_callback({callback});',
    c: 'asyncio_future_remove_done_callback({slot}, {callback}, NULL);',
  }),
  call_soon: anywhere(4, (m) => given(m.callback(), { slot: m.handle() }), {
    python: '{handle} = loop.call_soon({callback})',
    js: '{handle} = loop.call_soon({callback});',
    c: 'asyncio_loop_call_soon(loop, {callback}, NULL, &{handle});',
  }),
  call_later: anywhere(6, (m) => given(m.callback(), { slot: m.handle(), number: m.delay() }), {
    python: '{handle} = loop.call_later({number}, {callback})',
    js: '{handle} = loop.call_later({number}, {callback});',
    c: 'asyncio_loop_call_later(loop, {number}, {callback}, NULL, &{handle});',
  }),
  cancel_handle: anywhere(3, (m) => ({ slot: m.handle() }), {
    python: '{handle}.cancel()',
    js: '{handle}.cancel();',
    c: 'asyncio_handle_cancel({handle});',
  }),

  ...LOCKS,
  ...SCOPES,
  ...GENERATORS,
};
