// SPDX-License-Identifier: MIT
// The JavaScript side of src/port/coro_jspi.c, the first part of asyncio.js in a build for it: activations by number. Each is a call
// of C's through WebAssembly.promising, and waits on a promise whenever it is suspended. Resolving it is all that entering a
// coroutine takes; rejecting it throws the frames away, of which nothing may be left to do. None is ever let go of: V8 keeps the
// address space of ended ones. Invariant: activations begin and go on in microtasks, under no frame of C; an eager start alone begins
// under its starter's.

function asyncioStacksMaker() {
  const DISCARDED = { asyncio: 'discarded' };
  const NESTED = -1; // in the place of the number of an eager start that has not left yet
  const microtask = Promise.resolve();
  const resolvers = []; // by number: goes on with it
  const rejecters = [];
  const coroutines = []; // by number: its latest
  const idle = []; // numbers of those that wait for a coroutine
  const vacant = []; // numbers that may be given again
  const settlers = []; // innermost last
  let resolve, reject;
  const executor = (first, second) => {
    resolve = first;
    reject = second;
  };
  let entered = 0; // coroutines that have not left again
  let nested = NESTED; // the number of the eager start that executes and has not left
  let busiest = 0; // as many coroutines had activations at once
  const whenQuiet = []; // called once none is entered
  let released = false;
  let activate; // C's function, promising

  const alive = () => resolvers.length - vacant.length;

  function take(coro, activation) {
    if (!activate) activate = WebAssembly.promising(wasmTable.get(activation));
    const number = vacant.length ? vacant.pop() : resolvers.push(undefined) - 1;
    coroutines[number] = coro;
    busiest = Math.max(busiest, alive() - idle.length);
    return number;
  }

  function vacate(number) {
    resolvers[number] = rejecters[number] = undefined;
    vacant.push(number);
  }

  const stacks = {
    most: 16000, // Node 26 dies at 33,000
    exiting: () => undefined, // what exit() has thrown
    guard: (call) => call(), // keeps what is thrown from C
    failed(error) {
      throw error;
    },

    left() {
      _asyncio__jspi_left();
    },

    lost(number, error) {
      const coro = coroutines[number];
      vacate(number);
      if (error === DISCARDED) return;
      stacks.leave();
      stacks.failed(error, coro);
    },

    begin(number, coro) {
      activate(coro).then(
        () => vacate(number),
        (error) => stacks.lost(number, error),
      );
    },

    // Has [coro] run by an activation in a microtask, and gives its number.
    start(coro, activation) {
      entered++;
      if (idle.length) {
        const number = idle.pop();
        coroutines[number] = coro;
        resolvers[number](coro);
        return number;
      }
      const number = take(coro, activation);
      microtask.then(() => stacks.begin(number, coro));
      return number;
    },

    // The same, until it leaves: in an activation of its own, since those that rest go on in microtasks only. What it throws ends
    // with it and is known in a microtask; but an exit ends its starter as well.
    nest(coro, activation) {
      const number = take(coro, activation);
      const outer = nested;
      if (idle.length && alive() > stacks.most) resolvers[idle.pop()](0);
      nested = number;
      entered++;
      const call = activate(coro);
      const parked = nested !== number;
      nested = outer;
      call.then(
        () => {
          vacate(number);
          if (!parked) stacks.leave();
        },
        (error) => stacks.lost(number, error),
      );
      if (parked) stacks.leave();
      else if (stacks.exiting()) throw stacks.exiting();
      return number;
    },

    // By an activation whose coroutine has returned; the answer is its next one, or none. Eager starts make more of them than there
    // is work for.
    rest(number) {
      const spare = alive() > busiest;
      if (!spare) idle.push(number);
      const promise = stacks.suspend(number);
      if (spare) resolvers[number](0);
      return promise;
    },

    suspend(number) {
      const promise = new Promise(executor);
      if (number === NESTED) return stacks.unnest(promise);
      resolvers[number] = resolve;
      rejecters[number] = reject;
      stacks.guard(stacks.left);
      stacks.leave();
      if (settlers.length) settlers.pop()();
      if (released) stacks.discard(number);
      return promise;
    },

    unnest(promise) {
      resolvers[nested] = resolve;
      rejecters[nested] = reject;
      nested = NESTED;
      return promise;
    },

    enter(number) {
      entered++;
      resolvers[number](0);
    },

    discard(number) {
      rejecters[number](DISCARDED);
    },

    leave() {
      entered--;
      if (!entered && whenQuiet.length) whenQuiet.splice(0).forEach((then) => microtask.then(then));
    },

    // Calls [then] once no coroutine is entered; false, and never, when none is now.
    quiet(then) {
      if (!entered) return false;
      whenQuiet.push(then);
      return true;
    },

    // The program has ended: the engine may have its stacks back, those that were entered as they leave.
    release() {
      released = true;
      rejecters.forEach((each) => each && each(DISCARDED));
    },

    settle() {
      const promise = new Promise(executor);
      settlers.push(resolve);
      return promise;
    },
  };
  if (typeof WebAssembly.Suspending !== 'function')
    throw new Error('asyncio: this engine has no JavaScript Promise Integration: it needs the program built for Asyncify');
  return stacks;
}

const asyncioStacksLibrary = {
  $asyncioStacks__deps: '$wasmTable' in LibraryManager.library ? ['$wasmTable'] : [], // else it is always there
  $asyncioStacks: `=(${asyncioStacksMaker})()`,

  asyncio_host_stack_start: function (coro, activation) {
    return asyncioStacks.start(coro, activation);
  },
  asyncio_host_stack_nest: function (coro, activation) {
    return asyncioStacks.nest(coro, activation);
  },
  asyncio_host_stack_enter: function (number) {
    asyncioStacks.enter(number);
  },
  asyncio_host_stack_discard: function (number) {
    asyncioStacks.discard(number);
  },
  asyncio_host_stack_most: function () {
    return Module['maximumStacks'] || asyncioStacks.most;
  },
  asyncio_host_stack_suspend: function () {},
  asyncio_host_stack_rest: function () {},
  asyncio_host_stack_settle: function () {},
};

// In the glue these three are no functions but what makes the engine suspend whoever calls them.
for (const name of ['suspend', 'rest', 'settle'])
  asyncioStacksLibrary[`asyncio_host_stack_${name}__postset`] =
    `_asyncio_host_stack_${name} = new WebAssembly.Suspending(asyncioStacks.${name});`;
for (const name of Object.keys(asyncioStacksLibrary))
  if (/^asyncio_host_\w+?(?<!__postset)$/.test(name)) asyncioStacksLibrary[`${name}__deps`] = ['$asyncioStacks'];
mergeInto(LibraryManager.library, asyncioStacksLibrary);
