// SPDX-License-Identifier: MIT
// Context variables: whose values tasks, callbacks and runs see, as tests/core/context*.c have it in C.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Context, ContextVar, LookupError, RuntimeError, Token, TypeError, ValueError } from './support.mjs';
import { rejection, run, thrown, tracer, virtual } from './support.mjs';

const asyncio = virtual();
const { create_task, copy_context, gather, sleep } = asyncio;
const coroutineTest = (name, body) => test(name, () => asyncio.run(body()));
const variable = (name, ...options) => new asyncio.ContextVar(name, ...options);

test('a page that has made no context is told so', async () => {
  const error = await rejection(run(async (task) => task.get_context()));
  assert.ok(error instanceof RuntimeError);
  assert.equal(error.message, 'There are no contexts yet: make a ContextVar or a Context first');
});

test('a variable has its default until it is set', () => {
  const [user, empty] = [variable('user', { default: 'nobody' }), variable('empty')];
  assert.deepEqual([user.name, user.get(), user.get('given')], ['user', 'nobody', 'given']);
  assert.deepEqual([empty.get(7), variable('undefined', { default: undefined }).get()], [7, undefined]);
  const error = thrown(() => empty.get());
  assert.ok(error instanceof LookupError);
  assert.equal(error.message, "The context variable 'empty' has no value");
  assert.equal(copy_context().has(user), false);
});

test('values keep their identity', () => {
  const user = variable('user');
  copy_context().run(() => {
    for (const value of [undefined, null, true, 0, -0, NaN, 1n, 'text', Symbol('s'), {}, [], () => 1, new Map()]) {
      user.set(value);
      assert.ok(Object.is(user.get('fallback'), value));
    }
  });
});

test('tokens give the values back in turn', () => {
  copy_context().run(() => {
    const user = variable('user');
    const [first, second] = [user.set('a'), user.set('b')];
    assert.deepEqual([first.var === user, first.old_value, second.old_value], [true, Token.MISSING, 'a']);
    user.reset(second);
    assert.equal(user.get(), 'a');
    user.reset(first);
    assert.equal(user.get(null), null);
  });
});

test('a token takes its set back when it is disposed', () => {
  copy_context().run(() => {
    const [user, other] = [variable('user', { default: 'nobody' }), variable('other')];
    const [first, second, third] = [user.set(1), user.set(2), other.set(3)];
    second[Symbol.dispose]();
    assert.equal(user.get(), 1);
    first[Symbol.dispose]();
    third[Symbol.dispose]();
    assert.deepEqual([user.get(), other.get('none')], ['nobody', 'none']);
    const words = "The token of the context variable 'user' has already been used once";
    assert.equal(thrown(() => first[Symbol.dispose]()).message, words);
    const [outer, inner] = [user.set('outer'), user.set('inner')];
    user.reset(outer);
    inner[Symbol.dispose]();
    assert.equal(user.get(), 'outer');
  });
});

test('what is no variable, no token and no context is refused', async () => {
  const user = variable('user');
  const context = copy_context();
  const foreign = new Context();
  const loop = asyncio.new_event_loop();
  for (const [call, words] of [
    [() => variable(7), 'Expected [name] to be a string, got 7'],
    [() => variable(), 'Expected [name] to be a string, got undefined'],
    [() => variable('x', null), 'Expected [options] to be an object, got null'],
    [() => user.reset(), 'Expected [token] to be a token, got undefined'],
    [() => user.reset({ var: user }), 'Expected [token] to be a token, got an object (Object)'],
    [() => context.get('user'), 'Expected [variable] to be a context variable, got "user"'],
    [() => context.has(), 'Expected [variable] to be a context variable, got undefined'],
    [() => context.run(), 'Expected [callable] to be a function, got undefined'],
    [() => create_task(sleep(0), { context: new Map() }), 'Expected [context] to be a context, got an object (Map)'],
    [() => create_task(sleep(0), { context: foreign }), 'Expected [context] to be a context, got one of another runtime'],
    [() => loop.call_soon(() => {}, { context: foreign }), 'Expected [context] to be a context, got one of another runtime'],
    [() => loop.create_future().add_done_callback(() => {}, { context: 7 }), 'Expected [context] to be a context, got 7'],
  ]) {
    const error = thrown(call);
    assert.deepEqual([error instanceof TypeError, error?.message], [true, words]);
  }
  loop.close();
  const runtime = virtual();
  const gone = new runtime.ContextVar('gone');
  const old = gone.set(1);
  runtime.close();
  for (const call of [() => gone.get(), () => gone.set(2), () => gone.reset(old), () => new runtime.Context()])
    assert.equal(thrown(call).message, 'The runtime is closed');
  assert.equal(await create_task(sleep(1, 'fresh')), 'fresh');
});

test('a token is good once, for its own variable and in its own context', () => {
  const [user, other] = [variable('user'), variable('other')];
  const refused = (call, type, words) => {
    const error = thrown(call);
    assert.deepEqual([error instanceof type, error?.message], [true, words]);
  };
  copy_context().run(() => {
    const token = user.set(1);
    refused(() => other.reset(token), ValueError, "The token was created by a different context variable than 'other'");
    const elsewhere = () => user.reset(token);
    const words = "The token of 'user' was created in a different context";
    refused(() => copy_context().run(elsewhere), ValueError, words);
    user.reset(token);
    refused(elsewhere, RuntimeError, "The token of the context variable 'user' has already been used once");
    const foreign = new ContextVar('user').set(1);
    refused(() => user.reset(foreign), ValueError, "The token was created by a different context variable than 'user'");
  });
});

test('a context is a map of what was set, in the order of the first sets', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => variable(name));
  const context = new asyncio.Context();
  assert.deepEqual([context.size, [...context]], [0, []]);
  context.run(() => [b, a, b].forEach((one, index) => one.set(index)));
  assert.deepEqual([...context.keys()].map(({ name }) => name), ['b', 'a']);
  assert.ok([...context.keys()][0] === b);
  assert.deepEqual([[...context.values()], new Map(context).get(a)], [[2, 1], 1]);
  assert.deepEqual([context.size, context.has(c), context.get(c), context.get(c, 'none')], [2, false, undefined, 'none']);
  const copy = context.copy();
  context.run(() => a.set('changed'));
  assert.deepEqual([copy.get(a), context.get(a)], [1, 'changed']);
});

test('what is set in a run stays in that context', () => {
  const user = variable('user');
  const context = copy_context();
  const error = new Error('own');
  assert.equal(context.run((...args) => (user.set(args[0]), args.length), 'a', 'b'), 2);
  assert.equal(thrown(() => context.run(() => (user.set('kept'), assert.fail(error)))), error);
  assert.deepEqual([user.get('outside'), context.get(user)], ['outside', 'kept']);
});

test('a context is entered once at a time', () => {
  const context = copy_context();
  const again = () => context.run(() => 'entered');
  const error = thrown(() => context.run(() => copy_context().run(again)));
  assert.ok(error instanceof RuntimeError);
  assert.equal(error.message, 'cannot enter context: it is already entered');
  assert.equal(again(), 'entered');
});

coroutineTest('each task has a copy of the context in which it was made', function* () {
  const trace = tracer();
  const user = variable('user');
  function* worker(name) {
    trace(`${name} of ${user.get()}`);
    user.set(name);
    yield* sleep(1);
    trace(user.get());
    yield* within();
    return user.get();
  }
  function* within() {
    user.set(`${user.get()}, changed within`);
  }
  user.set('main');
  const tasks = ['a', 'b'].map((name) => create_task(worker(name)));
  user.set('later');
  assert.deepEqual(yield* gather(...tasks), ['a, changed within', 'b, changed within']);
  assert.deepEqual(trace.lines, ['a of main', 'b of main', 'a', 'b']);
  assert.equal(user.get(), 'later');
});

coroutineTest('coroutines awaited share the context, those of a gather have copies', function* () {
  const user = variable('user');
  function* sets(value) {
    user.set(value);
  }
  yield sets('awaited');
  assert.equal(user.get(), 'awaited');
  yield* gather(sets('gathered'));
  assert.equal(user.get(), 'awaited');
  yield* asyncio.wait_for(sets('limited'), 1);
  assert.equal(user.get(), 'limited');
  yield* asyncio.timeout(1).with(() => sets('in a scope'));
  assert.equal(user.get(), 'in a scope');
});

coroutineTest('callbacks run in a copy, or in the context they are given', function* () {
  const trace = tracer();
  const user = variable('user');
  const loop = asyncio.get_running_loop();
  const context = copy_context();
  const tell = (...args) => {
    trace(`${args.filter((arg) => typeof arg === 'string').join()} sees ${user.get('nothing')}`);
    user.set('a callback');
  };
  user.set('main');
  loop.call_soon(tell, 'soon');
  loop.call_soon(tell, 'soon there', { context });
  loop.call_later(1, tell, 'later', { context });
  loop.call_at(loop.time() + 2, tell, 'at', { context: new asyncio.Context() });
  const future = loop.create_future();
  future.add_done_callback(() => tell('done'));
  future.add_done_callback(() => tell('done there'), { context });
  future.set_result(1);
  yield* sleep(3);
  future.add_done_callback(() => tell('done before'), { context });
  yield* sleep(1);
  assert.deepEqual(trace.lines, [
    'soon sees main',
    'soon there sees nothing',
    'done sees main',
    'done there sees a callback',
    'later sees a callback',
    'at sees nothing',
    'done before sees a callback',
  ]);
  assert.equal(user.get(), 'main');
});

coroutineTest('a task runs in the context that it is given', function* () {
  const user = variable('user');
  const context = copy_context();
  const task = create_task(
    (function* () {
      user.set('the task');
      assert.equal(asyncio.current_task().get_context(), context);
      yield* sleep(0);
      return user.get();
    })(),
    { context },
  );
  assert.equal(task.get_context(), context);
  assert.equal(yield* task, 'the task');
  assert.deepEqual([context.get(user), user.get('main')], ['the task', 'main']);
  yield* new asyncio.TaskGroup().with(function* (group) {
    yield group.create_task(async () => user.set('of a group'), { context });
  });
  assert.equal(context.get(user), 'of a group');
  assert.equal(thrown(() => task.get_context()).message, 'The task is done, and its context is gone');
});

test('code outside the loops has a context of its own, which its tasks copy', async () => {
  const user = variable('user');
  const token = user.set('a page');
  const seen = await create_task(async () => (user.set('a task'), user.get()));
  assert.deepEqual([seen, user.get()], ['a task', 'a page']);
  assert.equal(await asyncio.run(async () => user.get()), 'a page');
  user.reset(token);
});

test('variables and contexts belong to their runtimes', () => {
  const user = variable('user');
  assert.deepEqual([user instanceof ContextVar, user instanceof asyncio.ContextVar], [true, true]);
  assert.deepEqual([new ContextVar('x') instanceof asyncio.ContextVar, new Context() instanceof Context], [false, true]);
  const foreign = new Context();
  assert.deepEqual([foreign.has(user), foreign.get(user), foreign instanceof asyncio.Context], [false, undefined, false]);
});

test('a task tells its context before there is any other', async () => {
  const runtime = virtual();
  const context = await runtime.run(async (task) => task.get_context());
  assert.equal(context instanceof runtime.Context, true);
});

coroutineTest('an exception handler is called in the context of what it is told of', function* () {
  const lines = [];
  const user = variable('user');
  const loop = asyncio.get_running_loop();
  loop.set_exception_handler((_, { message, future }) => lines.push(`${message}: ${future?.get_name()} as ${user.get()}`));
  user.set('main');
  const failing = function* (name) {
    user.set(name);
    yield* sleep(0);
    throw new Error(name);
  };
  create_task(failing('a'), { name: 'first' });
  loop.call_soon(() => {
    user.set('callback');
    throw new Error('callback');
  });
  yield* sleep(1);
  asyncio.core.reportUnseen();
  assert.equal(user.get(), 'main');
  loop.set_exception_handler(null);
  assert.deepEqual(lines, ['Exception in callback: undefined as callback', 'Exception was never retrieved: first as a']);
});
