// SPDX-License-Identifier: MIT
// Who waits for what: the coroutines within a task, the tasks that await it, and lists of all tasks for a program that
// is stuck. From a debugger: call asyncio_print_task_tree(0)
//
// The functions that write text work as snprintf does: at most [size] bytes with the final zero, and they return the
// length of the whole text. None allocates, suspends or fails, but the printing ones need memory for texts of more than
// a kilobyte.
#ifndef ASYNCIO_GRAPH_H
#define ASYNCIO_GRAPH_H

#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

// Writes the names of up to [capacity] coroutines of the task to [names], the innermost first (borrowed, valid while
// they run), and returns how many there are: its own, and each that was awaited as an object. Ordinary C calls in
// between are not known; 0 for what is no pending task.
size_t asyncio_task_get_stack(const asyncio_task *task, const char **names, size_t capacity);

// Writes up to [capacity] of the tasks that await [future], directly or through a gather, a shield, asyncio_wait or as
// the parent of its task group, to [tasks] (borrowed), the oldest first, and returns how many there are.
size_t asyncio_future_awaited_by(const asyncio_future *future, asyncio_task **tasks, size_t capacity);

// The future, the coroutines within it, what it waits for, and the same of each that awaits it, as Python's
// format_call_graph has it:
//   * Task(name='worker')
//     + Call stack:
//     |   async read()
//     |   async serve()
//     + Waits for: lock
//     + Awaited by:
//       * Task(name='main')
// NULL is the current task; "" when there is none.
size_t asyncio_format_call_graph(asyncio_future *future, char *text, size_t size);
void asyncio_print_call_graph(asyncio_future *future);  // to standard error; in a page to the console

// A line for each pending task of [loop], the oldest first: "  worker (serve > read) waits for lock". A task "has not
// started", "is running" (also one that starts another eagerly), "is ready" (to run next) or "waits for" something.
// NULL is the running loop, else the thread's.
size_t asyncio_format_tasks(asyncio_loop *loop, char *text, size_t size);
void asyncio_print_tasks(asyncio_loop *loop);

// The same as a tree, each task below those that await it; those that await each other in a circle come last. A loop
// with more than 500 tasks is listed as above.
size_t asyncio_format_task_tree(asyncio_loop *loop, char *text, size_t size);
void asyncio_print_task_tree(asyncio_loop *loop);

#ifdef __cplusplus
}
#endif
#endif
