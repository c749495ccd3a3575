// SPDX-License-Identifier: MIT
// Task groups: tasks that have all ended before the scope does that made them.
//
//   asyncio_task_group group;
//   ASYNCIO_TRY(asyncio_task_group_begin(&group));
//   asyncio_status status = start_all(&group);  // a call: with a return in its place the end would be skipped
//   status = asyncio_task_group_end(&group, status);
//   if (status == ASYNCIO_EXCEPTION_GROUP) look_at(asyncio_error_exceptions(asyncio_error_current(status)));
//
// In a stackless coroutine, with [group] and [status] in its braces, the two lines in the middle are:
//
//   ASYNCIO_AWAIT_STATUS(self->status, start_all_coroutine(&self->group));
//   ASYNCIO_AWAIT_STATUS(self->status, asyncio_task_group_end_coroutine(&self->group, self->status));
#ifndef ASYNCIO_TASK_GROUP_H
#define ASYNCIO_TASK_GROUP_H

#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

// Kept where the caller likes, for as long as anybody makes tasks in it; what its tasks refer to lies elsewhere.
typedef struct asyncio_task_group {
  struct asyncio__group *asyncio__group;  // from begin to end
  bool asyncio__finished;
} asyncio_task_group;

// Begins a group of which the current task is the parent. Every begin needs its end: when the parent is done without,
// the tasks of the group are cancelled and the exception handler is told. RuntimeError outside a task, MemoryError;
// then there is nothing to end.
ASYNCIO_MUST_USE asyncio_status asyncio_task_group_begin(asyncio_task_group *group);

// Makes a task of [coroutine] in the group, with the options of asyncio_create_task; the parent and the group's own
// tasks may. The caller owns a reference, and may give it up at once. When a task fails, the others and the parent are
// cancelled. NULL with the errors of asyncio_create_task, or a RuntimeError when the group has not begun, has ended or
// is shutting down.
#define asyncio_task_group_create_task(group, coroutine, ...) \
  asyncio_task_group_create_task_with(group, coroutine, (asyncio_task_options){.asyncio__first = 0, ##__VA_ARGS__})
ASYNCIO_MUST_USE asyncio_task *asyncio_task_group_create_task_with(asyncio_task_group *group, asyncio_future *coroutine,
                                                                   asyncio_task_options options);

// The same, options too, for a task that nobody but the group will look at: the status instead of a reference.
#define asyncio_task_group_start(group, coroutine, ...) \
  asyncio_task_group_start_with(group, coroutine, (asyncio_task_options){.asyncio__first = 0, ##__VA_ARGS__})
ASYNCIO_MUST_USE asyncio_status asyncio_task_group_start_with(asyncio_task_group *group, asyncio_future *coroutine,
                                                              asyncio_task_options options);

// Suspends until all tasks of the group are done, those that they make meanwhile too, and gives what came of it all.
// [status] is how the caller's own part ended; a failure of that cancels the tasks. ASYNCIO_EXCEPTION_GROUP when it or
// any task has failed, with all the errors; CancelledError when the parent was cancelled by others than the group; else
// OK. RuntimeError when [group] has not begun or has ended.
ASYNCIO_SUSPENDS asyncio_status asyncio_task_group_end(asyncio_task_group *group, asyncio_status status);

// The same as a coroutine object, to be awaited in the parent.
ASYNCIO_MUST_USE asyncio_future *asyncio_task_group_end_coroutine(asyncio_task_group *group, asyncio_status status);

// Cancels the tasks and the parent, whose end is then no error (as of Python 3.15). Nothing happens when the group has
// not begun or has ended.
void asyncio_task_group_cancel(asyncio_task_group *group);

#ifdef __cplusplus
}
#endif
#endif
