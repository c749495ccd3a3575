// SPDX-License-Identifier: MIT
// The JavaScript side of a C program, for emcc's --js-library: what src/port/host_web.c and src/web call. The build
// puts jspi.js, bridge.js, loader.js and this file together as asyncio.js, beside the library in C. It keeps to what
// Emscripten 3.1.6 and its successors have in common (3.1.6's minifier knows no BigInt literals and no destructuring in
// for loops), and nothing here throws into C.

const asyncioLibrary = {
  // The latter became library functions with time; before, they were always there.
  $asyncio__deps: ['$runtimeKeepalivePush', '$runtimeKeepalivePop', 'exit'].concat(
    ['$wasmTable', '$UTF8ToString', '$stringToUTF8'].filter((name) => name in LibraryManager.library),
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

  // Binaryen replaces these imports by functions of its own; the linker wants to have seen them before. Only a program
  // with libasyncio.a, whose coroutines have stacks, has them.
#if !ASYNCIFY
  start_unwind__deps: ['$asyncio'],
  start_unwind__postset:
    "asyncio.refuse('-sASYNCIFY, without which no C function can suspend; or with libasyncio_stackless.a, if all coroutines are stackless');",
#endif
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
