// SPDX-License-Identifier: MIT
// The way in.
#ifndef ASYNCIO_RUN_H
#define ASYNCIO_RUN_H

#include "runner.h"

#ifdef __cplusplus
extern "C" {
#endif

// Runs [coroutine] on a new loop and gives its outcome, the value in [result] (owned by the caller; may be NULL). Then
// cancels the tasks that are left, waits for them, reports their failures and closes the loop. Uses the coroutine up.
//   int main(void) { return asyncio_run(run_coroutine(), NULL) ? 1 : 0; }
// Options are a runner's: asyncio_run(run_coroutine(), NULL, .debug = true). As a process's exit status the error codes
// -1, -2... are 255, 254... A failure whose words nobody asked for is written to standard error when the program ends.
// TypeError when [coroutine] is none, RuntimeError when a loop is running here.
#define asyncio_run(coroutine, result, ...) \
  asyncio_run_with(coroutine, result, (asyncio_runner_options){.asyncio__first = 0, ##__VA_ARGS__})
asyncio_status asyncio_run_with(asyncio_future *coroutine, asyncio_value *result, asyncio_runner_options options);

// A whole main: runs [coroutine], an expression that may use argc and argv, as asyncio_run does, and then the block
// that follows, in which [status] and [result] (borrowed) are the outcome, for the exit status that it returns:
//   ASYNCIO_MAIN(serve_coroutine(argc > 1 ? argv[1] : "8080")) {
//     return status ? 1 : 0;
//   }
// The one main that can run something in WebAssembly without Asyncify: there it returns at once, and the block and the
// exit come when the run has ended.
#define ASYNCIO_MAIN(coroutine) \
  static asyncio_future *asyncio__program_start(__attribute__((unused)) int argc, \
                                                __attribute__((unused)) char **argv) { \
    return (coroutine); \
  } \
  static int asyncio__program_end(asyncio_status status, asyncio_value result); \
  int main(int argc, char **argv) { \
    return asyncio__program_run(asyncio__program_start(argc, argv), asyncio__program_end); \
  } \
  static int asyncio__program_end(__attribute__((unused)) asyncio_status status, \
                                  __attribute__((unused)) asyncio_value result)

// What it calls.
int asyncio__program_run(asyncio_future *coroutine, int (*end)(asyncio_status status, asyncio_value result));

#ifdef __cplusplus
}
#endif
#endif
