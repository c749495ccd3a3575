// SPDX-License-Identifier: MIT
// The JavaScript side of src/port/coro_jspi.c, for emcc's --js-library beside asyncio.js: activations by number. Each
// is a call of C's through WebAssembly.promising, and waits on a promise whenever it is suspended. Resolving it is all
// that entering a coroutine takes; rejecting it throws the frames away, of which nothing may be left to do. Those whose
// coroutine has returned wait for another, as many as ever had one at once: V8 keeps the address space of all but the
// few stacks of ended ones that it uses again, and in Chromium a mapping of each, so that bursts of ten thousand would
// end a page. One that an eager start has begun takes none of those that wait; it ends beyond that number or if it was
// never suspended, and the next one gets its stack. Invariant: activations go on in microtasks, under no frame of C,
// and begin there or, at an eager start, under their starter's.

function asyncioStacksMaker() {
  const spidermonkey = typeof InternalError === 'function';
  const DISCARDED = { asyncio: 'discarded' };
  const MOST_IDLE = spidermonkey ? 1000 : Infinity; // it takes ended ones back
  const microtask = Promise.resolve();
  const resolvers = []; // by number: goes on with it
  const rejecters = [];
  const running = []; // the coroutine that has it
  const idle = []; // numbers of those that wait for a coroutine
  const vacant = []; // numbers that may be given again
  let peak = 0; // as many have had a coroutine at once
  const settlers = []; // each looks again whenever a coroutine has left
  let resolve, reject;
  const executor = (first, second) => {
    resolve = first;
    reject = second;
  };
  let entered = 0; // coroutines that have not left again
  const whenQuiet = []; // called once none is
  let starting; // the number of the activation that an eager start has begun and that has not been suspended yet
  let released = false;
  let activate; // C's function, promising

  // Engines keep the parked stacks of a page that was left beside those of the next one, in the same process.
  const inPage = typeof addEventListener === 'function';
  const leavePage = ({ persisted }) => persisted || stacks.release();

  const stacks = {
    // A process of Linux may have 65,530 mappings, and dies of one more. A parked stack takes two in Node, three in
    // Chromium and four in Firefox.
    most: spidermonkey ? 8000 : 16000,
    exiting: () => undefined, // what exit() has thrown
    guard: (call) => call(), // keeps what is thrown from C
    failed(error) {
      throw error;
    },

    left() {
      return _asyncio__jspi_left();
    },

    number(activation) {
      if (!activate) {
        activate = WebAssembly.promising(wasmTable.get(activation));
        if (inPage) addEventListener('pagehide', leavePage);
      }
      return vacant.length ? vacant.pop() : resolvers.push(undefined) - 1;
    },

    count() {
      return resolvers.length - vacant.length;
    },

    occupy(number, coro) {
      running[number] = coro;
      peak = Math.max(peak, stacks.count() - idle.length);
    },

    activate(number, coro) {
      const vacate = () => {
        resolvers[number] = rejecters[number] = undefined;
        vacant.push(number);
      };
      activate(coro).then(vacate, (error) => {
        vacate();
        if (error === DISCARDED) return;
        stacks.leave();
        stacks.failed(error, running[number]);
      });
    },

    // Runs [coro] until it leaves, under the frames of whoever calls. What it throws rejects its own promise and spares
    // them, but nobody goes on after an exit().
    begin(coro, activation) {
      const outer = starting;
      const number = stacks.number(activation);
      entered++;
      starting = number;
      stacks.occupy(number, coro);
      stacks.activate(number, coro);
      starting = outer;
      if (stacks.exiting()) throw stacks.exiting();
      return number;
    },

    // Has [coro] run by an activation, and gives its number.
    start(coro, activation) {
      entered++;
      if (idle.length) {
        const number = idle.pop();
        stacks.occupy(number, coro);
        resolvers[number](coro);
        return number;
      }
      const number = stacks.number(activation);
      stacks.occupy(number, coro);
      microtask.then(() => stacks.activate(number, coro));
      return number;
    },

    // Whether an activation ends whose coroutine has returned.
    ends() {
      if (starting === undefined && stacks.count() <= peak && idle.length < MOST_IDLE) return false;
      stacks.leaves();
      return true;
    },

    // By one that does not; the answer is its next coroutine.
    rest(number) {
      idle.push(number);
      return stacks.suspend(number);
    },

    // An activation that is just being begun does not know its number yet, and its coroutine's leaving is its starter's
    // affair.
    suspend(known) {
      if (released) return Promise.reject(DISCARDED);
      const number = starting ?? known;
      const promise = new Promise(executor);
      resolvers[number] = resolve;
      rejecters[number] = reject;
      stacks.leaves();
      return promise;
    },

    enter(number) {
      entered++;
      resolvers[number](0);
    },

    discard(number) {
      rejecters[number](DISCARDED);
    },

    leaves() {
      if (starting === undefined) stacks.guard(stacks.left);
      stacks.leave();
    },

    leave() {
      entered--;
      if (settlers.length && starting === undefined) settlers.splice(0).forEach((goOn) => goOn());
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
      if (inPage) removeEventListener('pagehide', leavePage);
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
  asyncio_host_stack_begin: function (coro, activation) {
    return asyncioStacks.begin(coro, activation);
  },
  asyncio_host_stack_enter: function (number) {
    asyncioStacks.enter(number);
  },
  asyncio_host_stack_discard: function (number) {
    asyncioStacks.discard(number);
  },
  asyncio_host_stack_ends: function () {
    return asyncioStacks.ends();
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
