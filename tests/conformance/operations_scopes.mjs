// SPDX-License-Identifier: MIT
// Timeouts, task groups, as_completed, contexts and eager tasks: the operations, in the words of operations.mjs. `slot`
// is the number of the timeout, group or variable; of a spawn that of the task, and `flag` the group or context. A
// group has the number of its body: a task in it comes after that, so that the two never wait for each other.
import { anywhere, block, suspends, themed, thing } from './describe.mjs';

const OK_OR_ERROR = ['ok', 'error'];

const timeouts = {
  timeout: {
    ...block(34, (m) => {
      const slot = m.thing('timeout');
      return { slot, flag: m.int(0, 1), number: m.timeout(), blocks: [m.limitedBlock(slot)] };
    }),
    suspends: true,
    outcomes: ['ok', 'error', 'cancelled', 'cleanup', 'timeout'],
  },
  reschedule: anywhere(
    14,
    (m) => ({ slot: m.thing('timeout'), number: m.timeout() }),
    {
      python: 'timeouts[{n}].reschedule({when_or_none})',
      js: 'timeouts[{n}].reschedule({when_or_none});',
      c: 'asyncio_timeout_reschedule(&timeouts[{n}], asyncio_loop_time(loop) + {number});',
    },
    OK_OR_ERROR,
  ),
  look_timeout: anywhere(5, thing('timeout'), {
    python: 'timeouts[{n}].when(), timeouts[{n}].expired()',
    js: '[timeouts[{n}].when(), timeouts[{n}].expired()];',
    c: 'asyncio_timeout_when(&timeouts[{n}]), asyncio_timeout_expired(&timeouts[{n}]);',
  }),
};

const groups = {
  group: {
    ...block(30, (m) => ({ slot: m.rank, blocks: [m.groupBlock(m.rank)] })),
    suspends: true,
    outcomes: ['ok', 'error', 'cancelled', 'cleanup'],
  },
  group_spawn: anywhere(
    14,
    (m) => m.groupSpawned(),
    {
      python: '{slot} = groups[{flag}].create_task({items})',
      js: '{slot} = groups[{flag}].create_task({items});',
      c: '{slot} = asyncio_task_group_create_task(&groups[{flag}], {items});',
    },
    OK_OR_ERROR,
  ),
};

const completions = {
  as_completed: suspends(
    40,
    (m) => ({ items: m.items(3), flag: m.int(0, 1), number: m.timeout() }),
    ['ok', 'error', 'cancelled', 'cleanup', 'timeout'],
    {
      python: '{async}for done in asyncio.as_completed([{items}], timeout={limit}): {given}',
      js: 'for {awaiting}(const done of asyncio.as_completed([{items}], { timeout: {limit} })) {gave};',
      c: 'as_completed({array}, {number}, {bool});',
    },
  ),
};

const contexts = {
  var_set: anywhere(20, (m) => ({ slot: m.thing('variable'), flag: m.thing('token'), number: m.int(1, 9) }), {
    python: 'tokens[{flag}] = variables[{n}].set({number})',
    js: 'tokens[{flag}] = variables[{n}].set({number});',
    c: 'asyncio_context_var_set(variables[{n}], asyncio_int({number}), &tokens[{flag}]);',
  }),
  var_get: anywhere(
    20,
    thing('variable'),
    {
      python: 'variables[{n}].get()',
      js: 'variables[{n}].get();',
      c: 'asyncio_context_var_get(variables[{n}], &value);',
    },
    OK_OR_ERROR,
  ),
  var_reset: anywhere(
    16,
    (m) => ({ slot: m.thing('variable'), flag: m.thing('token') }),
    {
      python: 'variables[{n}].reset(tokens[{flag}])',
      js: 'variables[{n}].reset(tokens[{flag}]);',
      c: 'asyncio_context_var_reset(variables[{n}], &tokens[{flag}]);',
    },
    OK_OR_ERROR,
  ),
  copy_context: anywhere(8, thing('context'), {
    python: 'contexts[{n}] = contextvars.copy_context()',
    js: 'contexts[{n}] = asyncio.copy_context();',
    c: 'contexts[{n}] = asyncio_copy_context();',
  }),
  context_get: anywhere(10, (m) => ({ slot: m.thing('variable'), flag: m.thing('context') }), {
    python: 'contexts[{flag}].get(variables[{n}])',
    js: 'contexts[{flag}].get(variables[{n}]);',
    c: 'asyncio_context_get(contexts[{flag}], variables[{n}], &value);',
  }),
  spawn_in: anywhere(12, (m) => m.spawned({ flag: m.thing('context') }), {
    python: '{slot} = asyncio.create_task({items}, context=contexts[{flag}])',
    js: '{slot} = asyncio.create_task({items}, { context: contexts[{flag}] });',
    c: '{slot} = asyncio_create_task({items}, .context = contexts[{flag}]);',
  }),
  callback_in: anywhere(16, (m) => m.add({ flag: m.thing('context') }), {
    python: '{slot}.add_done_callback({callback}, context=contexts[{flag}])',
    js: '{slot}.add_done_callback({callback}, { context: contexts[{flag}] });',
    c: 'asyncio_future_add_done_callback({slot}, {callback}, NULL, .context = contexts[{flag}]);',
  }),
};

const eager = {
  spawn_eager: anywhere(24, (m) => m.spawned(), {
    python: '{slot} = asyncio.create_task({items}, eager_start=True)',
    js: '{slot} = asyncio.create_task({items}, { eager_start: true });',
    c: '{slot} = asyncio_create_task({items}, .eager_start = true);',
  }),
  task_factory: anywhere(3, (m) => ({ flag: m.int(0, 1) }), {
    python: 'loop.set_task_factory(asyncio.eager_task_factory if {bool} else None)',
    js: 'loop.set_task_factory({bool} ? asyncio.eager_task_factory : null);',
    c: 'asyncio_loop_set_task_factory(loop, {bool} ? asyncio_eager_task_factory : NULL, NULL);',
  }),
  current: anywhere(16, () => ({}), {
    python: 'asyncio.current_task()',
    js: 'asyncio.current_task();',
    c: 'asyncio_current_task();',
  }),
};

export const SCOPES = {
  ...themed('timeouts', timeouts),
  ...themed('groups', groups),
  ...themed('completions', completions),
  ...themed('contexts', contexts),
  ...themed('eager', eager),
};

export const SCOPE_THINGS = { timeout: 2, variable: 2, token: 2, context: 2 };
