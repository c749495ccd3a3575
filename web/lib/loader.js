// SPDX-License-Identifier: MIT
// One object, `asyncio`, in the scope of the glue. Emscripten copies it there as text, so it is made by a function.
function asyncioLoader(makeBridge) {
  let hostTurn, stackPointer; // C's
  const core = {
    turn: (kind) => {
      if (hostTurn(kind) && asyncio.owner) asyncio.owner.turned();
    },
    resolved: (...args) => _asyncio__promise_resolved(...args),
    rejected: (...args) => _asyncio__promise_rejected(...args),
    guard: (call, argument) => asyncio.guard(call, argument),
    now: () => asyncio.now(),
  };
  const asyncio = makeBridge(core, {
    parkable: 0, // where C keeps who may suspend
    stays: false, // loaded for its exports: main's return does not end it
    foreign: '', // the function of JavaScript that C has called and that is on the stack
    now: () => performance.now() * 1e-3,

    // ---- For the package's load(): the owner steps JavaScript's coroutines, calls its callbacks, and is told of each
    // turn.
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
        // A copy: C's memory may move.
        return giveBytes(KIND.bytes, new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice());
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
      const stack = stackPointer();
      try {
        return call(argument);
      } catch (error) {
        if (!asyncio.exited) asyncio.recover(error, stack);
      }
    },

    // [stack] is where the stack pointer was outside the frames that are lost.
    recover(error, stack) {
#if STACK_OVERFLOW_CHECK == 2
      // First: setting the pointer is checked too.
      ___set_stack_limits(_emscripten_stack_get_base(), _emscripten_stack_get_end());
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

    atQuit: undefined, // for the package's load(), in the place of the glue's own way, which may end Node.js
    exited: false, // nothing of the program's may run any more
    exiting: undefined, // what exit() has thrown, on its way
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
#if ASYNCIFY && ASSERTIONS
      else asyncio.refuse('-sASSERTIONS=0: under ASSERTIONS Asyncify lets only functions that it has instrumented switch stacks');
#endif
      if (Module['wasyncio']) Module['wasyncio'](asyncio);
      const quit = quit_; // Module.quit, which could replace it, went with Emscripten 3.1.65
      quit_ = (status, thrown) => (asyncio.atQuit || quit)(status, thrown);
      const given = Module['instantiateWasm'];
      Module['instantiateWasm'] = (imports, receive) => {
        new Set(Object.values(imports)).forEach(asyncio.hideParkable); // two names may stand for one object
        if (given) return given(imports, receive);
        asyncio.instantiate(imports).then(({ instance, module }) => receive(instance, module), asyncio.abort);
        return {};
      };
    },

    // Over JSPI (jspi.js). Nothing runs any more once the program has exited, but what close() has entered.
    useStacks(stacks) {
      asyncio.stacks = stacks;
      stacks.exiting = () => asyncio.exiting;
      stacks.guard = (call) => asyncio.protect(call);
      stacks.failed = (error, coro) => {
        if (asyncio.exited) return;
        try {
          _asyncio__jspi_lost(coro);
          asyncio.recover(error, _asyncio__jspi_host_stack());
        } catch (unknown) {
          asyncio.fail(unknown); // nobody calls an activation that it could be thrown to
        }
      };
      const left = stacks.left;
      stacks.left = () => {
        if (left() && asyncio.owner && !asyncio.exited) asyncio.owner.turned();
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
          } catch (error) {
            if (asyncio.isExit(error)) asyncio.exiting = error;
            throw error;
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
      const upcalls = _asyncio__host_start({{{ Number(STACK_OVERFLOW_CHECK == 2) }}}) >> 2;
      asyncio.parkable = HEAPU32[upcalls];
      hostTurn = asyncio.functionAt(HEAPU32[upcalls + 1]);
      stackPointer = asyncio.functionAt(HEAPU32[upcalls + 2]);
      if (typeof process !== 'object' || typeof process.on !== 'function') return;
      asyncio.drained = () => asyncio.guard(() => _asyncio__host_drained());
      process.on('beforeExit', asyncio.drained);
    },
  });
  return asyncio;
}
