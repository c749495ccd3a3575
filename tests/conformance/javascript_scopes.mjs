// SPDX-License-Identifier: MIT
// Contexts and eager tasks in JavaScript: what a program under way has of them, and the operations.
import { eager_task_factory } from '../../build/api/index.js';
import { refused, show } from './show.mjs';

export class Scopes {
  tokens = [null, null];
  contexts = [null, null];

  constructor({ ContextVar }) {
    this.variables = [new ContextVar('v0', { default: 0 }), new ContextVar('v1')];
  }
}

// Makes a task of the operation's coroutine; [none] is said when there is none, or no context.
const spawning = (none, options) => (me, op) => {
  const { run } = me;
  const given = options(run, op);
  const coroutine = given === null ? null : run.item(op.items[0]);
  if (coroutine === null) return me.event(op, none);
  run.slots[op.slot] = run.loop.create_task(coroutine, given);
  me.event(op, run.label(run.slots[op.slot]));
};

function contextOf({ scopes }, { flag }) {
  const context = scopes.contexts[flag];
  return context === null ? null : { context };
}

export const PLAIN_SCOPES = {
  spawn_in: spawning('empty', contextOf),
  spawn_eager: spawning('full', () => ({ eager_start: true })),

  var_set(me, op) {
    const { scopes } = me.run;
    scopes.tokens[op.flag] = scopes.variables[op.slot].set(op.number);
    me.event(op, 'ok');
  },

  var_get(me, op) {
    let value;
    const why = refused(() => (value = me.run.scopes.variables[op.slot].get()));
    me.event(op, why === 'ok' ? `ok ${show(value)}` : why);
  },

  var_reset(me, op) {
    const { tokens, variables } = me.run.scopes;
    const token = tokens[op.flag];
    me.event(op, token === null ? 'empty' : refused(() => variables[op.slot].reset(token)));
  },

  copy_context(me, op) {
    me.run.scopes.contexts[op.slot] = me.run.asyncio.copy_context();
    me.event(op, 'ok');
  },

  context_get(me, op) {
    const { contexts, variables } = me.run.scopes;
    const context = contexts[op.flag];
    me.event(op, context === null ? 'empty' : `ok ${show(context.get(variables[op.slot]))}`);
  },

  callback_in(me, op) {
    const { run } = me;
    const future = run.slots[op.slot];
    const options = contextOf(run, op);
    if (future === null || options === null) return me.event(op, 'empty');
    future.add_done_callback(run.callbacks[op.items[0]], options);
    me.event(op, 'ok');
  },

  task_factory(me, op) {
    me.run.loop.set_task_factory(op.flag ? eager_task_factory : null);
    me.event(op, 'ok');
  },

  current(me, op) {
    const task = me.run.asyncio.current_task();
    me.event(op, task === null || task === undefined ? 'None' : me.run.label(task));
  },
};
