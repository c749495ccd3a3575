// SPDX-License-Identifier: MIT
// Stands in for node:test in a page: the part of it that our tests use. run() gives {name, error, skip} for each test,
// one after another in the order of the file. What nobody catches meanwhile is a failure of the test that runs.
const LIMIT = 200; // seconds; a page takes a few, and a busy machine several times that

const newGroup = (name) => ({ name, entries: [], before: [], after: [] });
const top = newGroup('');
let group = top;

export function test(name, ...rest) {
  const body = rest.at(-1);
  const options = rest.length > 1 ? rest[0] : {};
  group.entries.push({ name, options, body });
}

export function describe(name, body) {
  const outer = group;
  group = newGroup(name);
  outer.entries.push(group);
  body();
  group = outer;
}

export const before = (hook) => group.before.push(hook);
export const after = (hook) => group.after.push(hook);

// The test's argument: what it has replaced is put back at its end.
class Context {
  skipped;
  #undo = [];

  mock = {
    method: (object, key, implementation) => {
      const original = object[key];
      const calls = [];
      object[key] = function (...args) {
        calls.push({ arguments: args });
        return implementation.apply(this, args);
      };
      this.#undo.push(() => (object[key] = original));
      return { mock: { calls, callCount: () => calls.length } };
    },
  };

  skip(reason) {
    this.skipped = reason;
  }

  restore() {
    for (const undo of this.#undo.reverse()) undo();
  }
}

const uncaught = [];
addEventListener('error', (event) => uncaught.push(event.error ?? event.message));
addEventListener('unhandledrejection', (event) => uncaught.push(event.reason));

function words(error) {
  const stack = error?.stack ?? '';
  return stack.includes(error?.message) ? stack : `${error}\n${stack}`;
}

function limited(promise) {
  let timer;
  const limit = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${LIMIT} s`)), LIMIT * 1e3);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

// What a body is answered with; the turns behind it are for rejections that nobody has caught.
async function attempt(body, context) {
  try {
    await limited((async () => body(context))());
    await new Promise((resolve) => setTimeout(resolve));
    if (uncaught.length) return `Not caught: ${words(uncaught[0])}`;
  } catch (error) {
    return words(error);
  } finally {
    uncaught.length = 0;
    context?.restore();
  }
  return undefined;
}

async function runTest({ name, options, body }, prefix) {
  const context = new Context();
  const error = options.skip ? undefined : await attempt(body, context);
  return { name: prefix + name, error, skip: options.skip || context.skipped };
}

// A hook that fails is a failure of its own, and what it should have prepared is not run.
async function runHooks(hooks, name, results) {
  for (const hook of hooks) {
    const error = await attempt(hook);
    if (error) results.push({ name, error });
    if (error) return false;
  }
  return true;
}

async function runGroup({ name, entries, before, after }, prefix) {
  const results = [];
  const inner = name ? `${prefix}${name} > ` : prefix;
  if (await runHooks(before, `${inner}before`, results))
    for (const entry of entries)
      results.push(...(entry.entries ? await runGroup(entry, inner) : [await runTest(entry, inner)]));
  await runHooks(after, `${inner}after`, results);
  return results;
}

export const run = () => runGroup(top, '');
