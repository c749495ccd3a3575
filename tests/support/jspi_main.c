// SPDX-License-Identifier: MIT
// The main of the cases and of the conformance driver over JSPI: they block in loops of the virtual host, so their own
// main is called through WebAssembly.promising, in a microtask, under no frame of C that a coroutine might overwrite.
// Linked with that backend alone.
#include <asyncio.h>
#include <emscripten.h>
#undef main

extern bool asyncio__jspi_host_suspends;

typedef int cases_main(int argc, char **argv);

EM_JS(void, run_suspendable, (cases_main *cases, int argc, char **argv), {
  noExitRuntime = true;
  const call = WebAssembly.promising(wasmTable.get(cases));
  const end = (status) => {
    if (typeof process === 'object') process.exitCode = status;
    if (Module['onExit']) Module['onExit'](status); // a page's
  };
  Promise.resolve().then(() => call(argc, argv)).then(end, (error) => { console.log(error); end(1); });
});

int main(int argc, char **argv) {
  asyncio__jspi_host_suspends = true;
  run_suspendable(asyncio__main_argc_argv, argc, argv);
  return 0;
}
