// SPDX-License-Identifier: MIT
// The JavaScript side of a C program, for emcc's --js-library: what src/port/host_web.c and src/web call. It keeps to
// what Emscripten 3.1.6 and its successors have in common (3.1.6's minifier knows no BigInt literals and no
// destructuring in for loops), and nothing here throws into C.

// What every program needs and the JavaScript package too, which takes this function's text from here
// (web/cli/build.mjs): values, turns and promises. [core] has C's functions, what calls them (guard), and the clock; a
// promise brings along what makes C's of its outcome: given(value), and statusOf(reason).
function asyncioBridge(core) {
  const GONE = {}; // in the place of a value that was deleted

  // Values by handle, a number that is not used again before all others have been, so that a stale one is recognised. They
  // lie in pages of 64, each of which goes with the last of its values: adding to a Map and deleting from it takes 200 ns.
  class Values {
    constructor() {
      this.size = 0;
      this.pages = new Map();
      this.number = 0; // of the page that is being filled
      this.filling = this.newPage();
      this.filled = 1; // no handle is 0
      this.last = this.filling; // looked at last
      this.lastNumber = 0;
    }

    newPage() {
      const page = { slots: new Array(64).fill(GONE), live: 0 };
      this.pages.set(this.number, page);
      return page;
    }

    turnPage() {
      if (this.filling.live === 0) this.forget(this.number);
      do this.number = (this.number + 1) & 0x3ffffff;
      while (this.pages.has(this.number));
      this.filling = this.newPage();
      this.filled = this.number === 0 ? 1 : 0;
    }

    forget(number) {
      this.pages.delete(number);
      if (number === this.lastNumber) this.last = undefined;
    }

    add(value) {
      if (this.filled === 64) this.turnPage();
      this.filling.slots[this.filled] = value;
      this.filling.live++;
      this.size++;
      return this.number * 64 + this.filled++;
    }

    page(handle) {
      const number = handle >>> 6;
      if (number !== this.lastNumber || !this.last) {
        this.last = this.pages.get(number);
        this.lastNumber = number;
      }
      return this.last;
    }

    has(handle) {
      const page = this.page(handle);
      return page !== undefined && page.slots[handle & 63] !== GONE;
    }

    get(handle) {
      const page = this.page(handle);
      const value = page ? page.slots[handle & 63] : GONE;
      return value === GONE ? undefined : value;
    }

    delete(handle) {
      const page = this.page(handle);
      if (!page || page.slots[handle & 63] === GONE) return;
      page.slots[handle & 63] = GONE;
      this.size--;
      if (--page.live === 0 && page !== this.filling) this.forget(handle >>> 6);
    }

    all() {
      return [...this.pages.values()].flatMap((page) => page.slots.filter((value) => value !== GONE));
    }
  }

  const bridge = {
    values: new Values(), // that C refers to

    handle(value) {
      return bridge.values.add(value);
    },

    value(handle) {
      return bridge.values.get(handle >>> 0);
    },

    Pending: class {
      constructor(promise, cancel, crossing) {
        this.promise = promise;
        this.cancel = cancel; // called with C's message, a pointer; says whether to forget the promise at once
        this.crossing = crossing; // how its outcome becomes C's: given(value) for C, statusOf(reason)
        this.future = 0; // C's future, while it waits
      }
    },

    // ---- Turns: at most one is wanted soon, and one timer is armed for the earliest deadline. Work that arrives while
    // nothing else is to do gets its turn in a microtask, which costs a tenth of a task. A hop, a task of the host's, is
    // under way meanwhile: it tells C that the page has had its turn, and for how long it may go on in microtasks.
    TURN: { timer: 0, hop: 1, microtask: 2 },
    timer: undefined,
    hop: undefined, // begins a hop
    hopping: false, // one is under way
    microtask: Promise.resolve(), // cheaper than Node's queueMicrotask

    // [patient]: in a task.
    wakeSoon(patient) {
      if (!bridge.hopping) {
        bridge.hopping = true;
        if (!bridge.hop) bridge.hop = bridge.makeHop();
        bridge.hop();
      }
      if (!patient) bridge.microtask.then(bridge.microtaskTurn);
    },

    // A task of the host's that is neither clamped like a timer nor able to starve the page like a microtask.
    makeHop() {
      if (typeof setImmediate === 'function') return () => setImmediate(bridge.hopped);
      const webkitWindow = typeof window === 'object' && typeof window.webkitURL === 'function' && !('chrome' in window);
      if (webkitWindow && window.postMessage) return bridge.makeMessageHop();
      const channel = new MessageChannel();
      channel.port1.onmessage = bridge.hopped;
      return () => channel.port2.postMessage(0);
    },

    // In WebKit's windows a message to oneself takes 5 us, one through a MessageChannel 127.
    makeMessageHop() {
      const mark = { asyncio: Math.random() };
      addEventListener('message', (event) => {
        if (event.source === window && event.data && event.data.asyncio === mark.asyncio) bridge.hopped();
      });
      return () => window.postMessage(mark, '*');
    },

    hopped() {
      bridge.hopping = false;
      bridge.turn(bridge.TURN.hop);
    },

    microtaskTurn() {
      bridge.turn(bridge.TURN.microtask);
    },

    turn(kind) {
      core.guard(core.turn, kind);
    },

    armTimer(deadline) {
      clearTimeout(bridge.timer);
      if (deadline === Infinity) return;
      const delay = Math.ceil((deadline - core.now()) * 1e3);
      bridge.timer = setTimeout(bridge.timerFired, Math.min(Math.max(delay, 0), 0x7fffffff));
    },

    timerFired() {
      bridge.turn(bridge.TURN.timer);
    },

    // What was thrown, in words; it may be anything, with getters that throw.
    describe(reason) {
      try {
        if (reason instanceof Error) return `${reason.name}: ${reason.message}`;
        if (typeof reason === 'object' && reason !== null && reason.constructor === Object) return JSON.stringify(reason);
        return String(reason);
      } catch {
        return 'a value that cannot be put into words';
      }
    },

    // ---- Promises: the outcome goes to C's future in a microtask, outside any C frame.
    incoming: undefined, // bytes for C to fetch

    watch(handle, future) {
      const pending = bridge.values.get(handle);
      if (!(pending instanceof bridge.Pending) || pending.future) return false;
      pending.future = future;
      const settled = (settle) => (outcome) => {
        if (pending.future) core.guard(() => settle(handle, pending, outcome));
      };
      new Promise((resolve) => resolve(pending.promise)).then(settled(bridge.resolved), settled(bridge.rejected));
      return true;
    },

    take(handle, pending) {
      const future = pending.future;
      pending.future = 0;
      bridge.values.delete(handle);
      return future;
    },

    resolved(handle, pending, value) {
      let given;
      try {
        given = pending.crossing.given(value);
      } catch (error) {
        return bridge.rejected(handle, pending, error);
      }
      const future = bridge.take(handle, pending);
      bridge.incoming = given.bytes;
      core.resolved(future, given.kind, given.number, given.size);
      bridge.incoming = undefined;
    },

    rejected(handle, pending, reason) {
      const future = bridge.take(handle, pending);
      bridge.incoming = new TextEncoder().encode(bridge.describe(reason));
      core.rejected(future, pending.crossing.statusOf(reason), bridge.incoming.length, bridge.handle(reason));
      bridge.incoming = undefined;
    },

    abandon(handle, message) {
      const pending = bridge.values.get(handle);
      if (!(pending instanceof bridge.Pending)) return true;
      const forget = pending.cancel(message); // whose listeners may cancel it once more
      if (forget) bridge.take(handle, pending);
      return forget;
    },
  };
  return bridge;
}

// One object, `asyncio`, in the scope of the glue. Emscripten copies it there as text, so it is made by a function.
function asyncioLoader(makeBridge) {
  const core = {
    turn: (kind) => {
      _asyncio__host_turn(kind);
      if (asyncio.owner) asyncio.owner.turned();
    },
    resolved: (...args) => _asyncio__promise_resolved(...args),
    rejected: (...args) => _asyncio__promise_rejected(...args),
    guard: (call, argument) => asyncio.guard(call, argument),
    now: () => asyncio.now(),
  };
  const asyncio = Object.assign(makeBridge(core), {
    parkable: 0, // where C keeps who may suspend
    stays: false, // loaded for its exports: main's return does not end it
    foreign: '', // the function of JavaScript that C has called and that is on the stack
    now: () => performance.now() * 1e-3,

    // ---- For the package's load(): the owner steps JavaScript's coroutines, calls its callbacks, and is told of each turn.
    owner: undefined,
    memory: () => HEAPU8.buffer,
    functionAt: (pointer) => wasmTable.get(pointer),

    // A handle of a promise, or of what a function returns that is given an AbortSignal. A function that throws is a
    // rejection.
    promise(source) {
      const controller = new AbortController();
      const promise = typeof source === 'function' ? new Promise((resolve) => resolve(source(controller.signal))) : source;
      return asyncio.handle(new asyncio.Pending(promise, () => (controller.abort(), true), asyncio));
    },

    KIND: { none: 0, bool: 1, int64: 2, double: 3, text: 5, bytes: 6, list: 7, error: 8, js: 9 },
    // A value as C takes it. Throws what a detached buffer or a proxy throws when it is looked at.
    given(value) {
      const KIND = asyncio.KIND;
      const give = (kind, number, size, bytes) => ({ kind, number, size, bytes });
      const giveBytes = (kind, bytes) => give(kind, 0, bytes.length, bytes);
      if (value === undefined || value === null) return give(KIND.none, 0, 0);
      if (typeof value === 'boolean') return give(KIND.bool, +value, 0);
      if (typeof value === 'number') return give(KIND.double, value, 0);
      if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value)
        return give(KIND.int64, Number(value >> BigInt(32)), Number(BigInt.asUintN(32, value)));
      if (typeof value === 'string') return giveBytes(KIND.text, new TextEncoder().encode(value));
      if (value instanceof ArrayBuffer) return giveBytes(KIND.bytes, new Uint8Array(value));
      if (ArrayBuffer.isView(value))
        return giveBytes(KIND.bytes, new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()); // C's memory may move
      return give(KIND.js, 0, asyncio.handle(value));
    },

    // C's status for what was thrown: JSError.
    statusOf() {
      return -13;
    },

    // ---- Exceptions that leave C. An exit is the glue's own affair. Anything else has thrown away every frame of the
    // turn: the coroutine that ran is lost, and with it only its task.
    guard(call, argument) {
      if (!asyncio.exited) return asyncio.protect(call, argument);
    },

    protect(call, argument) {
      const stack = _asyncio__stack_pointer();
      try {
        return call(argument);
      } catch (error) {
        if (!asyncio.exited) asyncio.recover(error, stack);
      }
    },

    // [stack] is where the stack pointer was outside the frames that are lost.
    recover(error, stack) {
#if STACK_OVERFLOW_CHECK == 2
      ___set_stack_limits(_emscripten_stack_get_base(), _emscripten_stack_get_end()); // setting the pointer is checked too
#endif
      _asyncio__set_stack_pointer(stack);
      if (error === 'unwind') return asyncio.rescueAs(-6, 'The coroutine was left, by emscripten_set_main_loop or the like');
      if (asyncio.isExit(error)) asyncio.exit(error.status);
      else asyncio.rescue(error);
    },

    forgetMain() {
      _asyncio__host_forget_main();
    },

    // The glue's way of ending with what main has thrown.
    fail(error) {
      asyncio.exited = true;
      if (asyncio.mainSuspended) runtimeKeepalivePop();
      asyncio.mainSuspended = false;
      quit_(1, error);
    },

    isExit(error) {
      return typeof ExitStatus === 'function' && error instanceof ExitStatus;
    },

    exited: false, // nothing of the program's may run any more
    mainSuspended: false,
    // exit() was called while main is suspended. For the glue that is a reason to keep the runtime: it has only thrown.
    exit(status) {
      asyncio.exited = true;
      if (!asyncio.mainSuspended) return;
      asyncio.mainSuspended = false;
      runtimeKeepalivePop();
      try {
        _exit(status);
      } catch (error) {
        if (!asyncio.isExit(error)) throw error;
      }
    },

    rescue(error) {
      const overflow = error instanceof asyncio.StackOverflow || asyncio.isEngineOverflow(error);
      if (error instanceof WebAssembly.RuntimeError && !overflow) {
        if (asyncio.owner) return asyncio.owner.stopped(error); // memory may be damaged
        throw error;
      }
      const hint = 'The stack overflowed: create the task with a larger .stack_size, or recurse less';
      const rescued = overflow
        ? asyncio.rescueAs(-7, hint)
        : asyncio.rescueAs(-13, asyncio.describe(error), asyncio.handle(error));
      if (!rescued) throw error;
    },

    rescueAs(status, words, thrown = 0) {
      asyncio.words = words;
      return _asyncio__host_rescue(status, thrown);
    },

    // V8 and JavaScriptCore throw a RangeError, as programs do too; SpiderMonkey's InternalError has the other words.
    isEngineOverflow(error) {
      return error instanceof Error && /^Maximum call stack size|^too much recursion/.test(error.message);
    },

    StackOverflow: class extends Error {},

    words: '', // of the exception, for C to fetch

    // ---- Starting: Module.instantiateWasm is Emscripten's own hook for who instantiates the program.
    install() {
      if (typeof asyncioStacks === 'object') asyncio.useStacks(asyncioStacks);
      else asyncio.checkAsyncify();
      if (Module['wasyncio']) Module['wasyncio'](asyncio);
      const given = Module['instantiateWasm'];
      Module['instantiateWasm'] = (imports, receive) => {
        new Set(Object.values(imports)).forEach(asyncio.hideParkable); // two names may stand for one object
        if (given) return given(imports, receive);
        asyncio.instantiate(imports).then(({ instance, module }) => receive(instance, module), asyncio.abort);
        return {};
      };
    },

    checkAsyncify() {
#if ASSERTIONS
      asyncio.refuse('-sASSERTIONS=0: under ASSERTIONS Asyncify lets only functions that it has instrumented switch stacks');
#endif
#if !ASYNCIFY
      asyncio.refuse('-sASYNCIFY: a C function can suspend only in a program that Asyncify has prepared');
#endif
    },

    // Over JSPI (jspi.js). Nothing runs any more once the program has exited, but what close() has entered.
    useStacks(stacks) {
      asyncio.stacks = stacks;
      stacks.guard = (call) => asyncio.protect(call);
      stacks.failed = (error) => {
        if (asyncio.exited) return;
        try {
          asyncio.recover(error, _asyncio__jspi_host_stack());
        } catch (unknown) {
          asyncio.fail(unknown); // nobody calls an activation that it could be thrown to
        }
      };
      const left = stacks.left;
      stacks.left = () => {
        left();
        if (asyncio.owner && !asyncio.exited) asyncio.owner.turned();
      };
    },

    // Who made a module is told by its promise.
    abort(reason) {
      try {
        abort(reason);
      } catch (error) {
        if (typeof readyPromiseReject !== 'function') throw error;
      }
    },

    // A program that was linked without what it needs says so as it starts.
    refuse(flag) {
      throw new Error(`asyncio: link with ${flag}`);
    },

    // While a function runs that C has called, nobody may suspend: C called back from it could not, since its frame
    // cannot be restored. Those of the loader itself never call back.
    hideParkable(module) {
      Object.keys(module).forEach((key) => {
        const original = module[key];
        if (typeof original !== 'function' || /^_?asyncio_host_(?!watch|abandon|report|step|call|exception)/.test(original.name)) return;
        module[key] = (...args) => {
          const outer = asyncio.foreign;
          const parkable = asyncio.parkable && HEAPU32[asyncio.parkable >> 2];
          if (!parkable) return original(...args);
          asyncio.foreign = original.name || 'a function';
          HEAPU32[asyncio.parkable >> 2] = 0;
          try {
            return original(...args);
          } finally {
            HEAPU32[asyncio.parkable >> 2] = parkable;
            asyncio.foreign = outer;
          }
        };
      });
    },

    // The stock glue fetches a file path in Node 18 and later, and dies.
    async instantiate(imports) {
      const file = typeof findWasmBinary === 'function' ? findWasmBinary() : wasmBinaryFile;
      const node = typeof process === 'object' && process.versions && process.versions.node;
      if (wasmBinary) return WebAssembly.instantiate(wasmBinary, imports);
      if (node && !file.startsWith('data:')) {
        const fs = process.getBuiltinModule ? process.getBuiltinModule('fs') : require('fs');
        return WebAssembly.instantiate(fs.readFileSync(file.startsWith('file:') ? new URL(file) : file), imports);
      }
      const response = await fetch(file);
      if (!response.ok) throw new Error(`${response.status} ${response.statusText} at ${file}`);
      return WebAssembly.instantiate(await response.arrayBuffer(), imports);
    },

    // Called by C's first use of the host, before any coroutine runs.
    start() {
      asyncio.parkable = _asyncio__host_start({{{ Number(STACK_OVERFLOW_CHECK == 2) }}});
      if (typeof process !== 'object' || typeof process.on !== 'function') return;
      asyncio.drained = () => asyncio.guard(() => _asyncio__host_drained());
      process.on('beforeExit', asyncio.drained);
    },
  });
  return asyncio;
}

const asyncioLibrary = {
  $asyncio__deps: ['$runtimeKeepalivePush', '$runtimeKeepalivePop', 'exit'].concat(
    '$wasmTable' in LibraryManager.library ? ['$wasmTable'] : [], // else it is always there
  ),
  $asyncio__postset: 'asyncio.install();',
  $asyncio: `=(${asyncioLoader})(${asyncioBridge})`,

  asyncio_host_now: function () {
    return asyncio.now();
  },
  asyncio_host_wake_soon: function (patient) {
    asyncio.wakeSoon(patient);
  },
  asyncio_host_wake_at: function (deadline) {
    asyncio.armTimer(deadline);
  },
  asyncio_host_report: function (line) {
    console.error(UTF8ToString(line));
  },
  asyncio_host_foreign_name: function (buffer, size) {
    stringToUTF8(asyncio.foreign, buffer, size);
  },
  asyncio_host_words: function (buffer, size) {
    stringToUTF8(asyncio.words, buffer, size);
  },
  asyncio_host_started: function () {
    asyncio.start();
  },
  asyncio_host_main_suspended: function () {
    asyncio.mainSuspended = true;
    runtimeKeepalivePush();
  },
  asyncio_host_main_returned: function (status) {
    if (asyncio.stays && status === 0) return true;
    asyncio.mainSuspended = false;
    runtimeKeepalivePop();
    return false;
  },
  asyncio_host_watch: function (handle, future) {
    return asyncio.watch(handle >>> 0, future);
  },
  asyncio_host_abandon: function (handle, message) {
    return asyncio.abandon(handle >>> 0, message);
  },
  asyncio_host_release: function (handle) {
    asyncio.values.delete(handle >>> 0);
  },
  asyncio_host_fill: function (target) {
    HEAPU8.set(asyncio.incoming, target);
  },
  asyncio_host_bigint: function (high, low) {
    return asyncio.handle((BigInt(high) << BigInt(32)) | BigInt(low >>> 0));
  },
  asyncio_host_move_stack_limits: function (high, low) {
#if STACK_OVERFLOW_CHECK == 2
    ___set_stack_limits(high || _emscripten_stack_get_base(), low || _emscripten_stack_get_end());
#endif
  },

  // Binaryen replaces these imports by functions of its own; the linker wants to have seen them before.
  start_unwind: function () {},
  stop_unwind: function () {},
  start_rewind: function () {},
  stop_rewind: function () {},

#if STACK_OVERFLOW_CHECK
  __handle_stack_overflow__deps: ['$asyncio'],
  __handle_stack_overflow: function () {
    throw new asyncio.StackOverflow('stack overflow');
  },
#endif
};

for (const name of Object.keys(asyncioLibrary))
  if (/^asyncio_host_\w+?(?<!__deps)$/.test(name)) asyncioLibrary[`${name}__deps`] ??= ['$asyncio'];
mergeInto(LibraryManager.library, asyncioLibrary);
