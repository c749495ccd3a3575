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
// Options are a runner's: asyncio_run(run_coroutine(), NULL, .debug = true). As a process's exit status the error codes -1, -2... are
// 255, 254... A failure whose words nobody asked for is written to standard error when the program ends. TypeError when
// [coroutine] is none, RuntimeError when a loop is running here.
#define asyncio_run(coroutine, result, ...) \
  asyncio_run_with(coroutine, result, (asyncio_runner_options){.asyncio__first = 0, ##__VA_ARGS__})
asyncio_status asyncio_run_with(asyncio_future *coroutine, asyncio_value *result, asyncio_runner_options options);

#ifdef __cplusplus
}
#endif
#endif
