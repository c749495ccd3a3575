// SPDX-License-Identifier: MIT
// Awaiting from code that has a stack. Exactly one function here parks a coroutine: asyncio__park.
#include "await.h"

#include "../port/coro.h"
#include "../port/host.h"
#include "task.h"

// Apart from the check below, so that its arguments take no room in the frames of those who may suspend.
ASYNCIO__OUTLINED static asyncio_status refuse(const char *call) {
  ASYNCIO__NEVER_SUSPENDS(refuse);
  asyncio__task *task = asyncio__thread.task;
  if (task && task->ending) return ASYNCIO_OK;  // what need not wait may go on; asyncio__park refuses the rest
  const char *foreign = asyncio__host_foreign_frame();
  if (!task)
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "%s needs a running task: call it in a coroutine", call);
  if (!foreign)
    return asyncio_raise(
        ASYNCIO_RUNTIME_ERROR,
        "%s cannot suspend here: in a destructor, an exception handler or a coroutine without a stack (see "
        "asyncio/stackless.h)",
        call);
  return asyncio_raise(ASYNCIO_RUNTIME_ERROR,
                       "%s cannot suspend here: JavaScript lies between it and its task (%s); make that call a task of "
                       "its own, or let the JavaScript return first",
                       call, foreign);
}

asyncio_status asyncio__may_suspend(const char *call) {
  if (__builtin_expect(asyncio__coro_parkable && asyncio__thread.task, 1)) return ASYNCIO_OK;
  return refuse(call);
}

asyncio_status asyncio__may_await(const asyncio_future *future) {
  return asyncio__task_may_await(asyncio__thread.task, future);
}

// A wait was begun, or the task queued. Returns when it is stepped again, with what it was sent.
asyncio_status asyncio__park(void) {
  asyncio_status refused = asyncio__coro_parkable ? ASYNCIO_OK : asyncio__task_refuse(asyncio__thread.task);
  if (refused) return refused;
  asyncio__coro_park();
  return asyncio__thread.task->sent;  // read anew: a local would be saved and restored
}

asyncio_status asyncio__yield(void) {
  ASYNCIO_TRY(asyncio__may_suspend("asyncio_sleep"));
  asyncio__yield_begin();
  return asyncio__park();
}

// What a wait ends with comes through the frame's value, where the result of the body may lie already. Returns that,
// out of the way...
static asyncio_value clear_way(void) {
  asyncio__frame *frame = asyncio__thread.task->frame;
  asyncio_value own = frame->value;
  frame->value = asyncio_none();
  return own;
}

// ... and puts it back for what has come.
static asyncio_value take_value(asyncio_value own) {
  asyncio__frame *frame = asyncio__thread.task->frame;
  asyncio_value come = frame->value;
  frame->value = own;
  return come;
}

// A future is waited for by the task's entry, in the future's own list.
static asyncio_status await_future(asyncio_future *future, asyncio_value *value) {
  asyncio__task *self = asyncio__thread.task;
  ASYNCIO_TRY(asyncio__task_may_await(self, future));
  if (asyncio__is_done(future)) return asyncio__future_take(future, value);
  ASYNCIO_TRY(asyncio__may_suspend("asyncio_await"));
  asyncio_value own = clear_way();
  asyncio__task_wait_future(self, future);
  asyncio_status sent = asyncio__park();
  *value = take_value(own);
  return sent;
}

// What has a stack of its own cannot be entered from here: the task does it, once this one has been left.
static asyncio_status await_apart(asyncio_future *coroutine, asyncio_value *value) {
  ASYNCIO_TRY(asyncio__may_suspend("asyncio_await"));
  if (!asyncio__coro_parkable) return asyncio__park();  // which refuses
  asyncio_value own = clear_way();
  asyncio__thread.task->frame->awaiting = asyncio_ref(coroutine);
  asyncio__coro_park();
  *value = take_value(own);
  return asyncio__thread.task->sent;
}

// For those who ask what a task does. There is no list in a task without a stack, whose step has called something that
// need not wait.
static void note_call(asyncio__frame *root) {
  asyncio__frame **called = asyncio__stackful_called(asyncio__thread.task->frame);
  if (!called) return;
  root->awaiter = *called;
  *called = root;
}

static void note_return(void) {
  asyncio__frame **called = asyncio__stackful_called(asyncio__thread.task->frame);
  if (called) *called = (*called)->awaiter;
}

static asyncio_status await_coroutine(asyncio__task *coroutine, asyncio_value *value) {
  bool stackful = asyncio__is_stackful(asyncio__root(coroutine));
  if (stackful && asyncio__is_generator(asyncio__root(coroutine))) return await_apart(&coroutine->future, value);
  if (!stackful) ASYNCIO_TRY(asyncio__may_suspend("asyncio_await"));
  if (!asyncio__coroutine_claim(coroutine)) return ASYNCIO_RUNTIME_ERROR;
  note_call(asyncio__root(coroutine));
  asyncio_status status = stackful ? asyncio__stackful_call(asyncio__root(coroutine), value)
                                   : asyncio__frame_run(asyncio__root(coroutine), value);
  note_return();
  return status;
}

asyncio_status asyncio_await(asyncio_future *awaitable, asyncio_value *result) {
  asyncio_value value = asyncio_none();
  if (result) *result = value;
  if (!awaitable) return asyncio__null_awaitable("awaitable");
  awaitable = asyncio_ref(awaitable);
  asyncio_status status = asyncio__thread.task ? ASYNCIO_OK : asyncio__may_suspend("asyncio_await");
  if (!status && awaitable->kind == &asyncio__coroutine_kind)
    status = await_coroutine(asyncio__task_of(awaitable), &value);
  else if (!status)
    status = await_future(awaitable, &value);
  asyncio_unref(awaitable);
  if ((status && status != ASYNCIO__YIELDED) || !result)
    asyncio_value_clear(&value);
  else
    *result = value;
  return status;
}

// Suspends the caller once, as a step asked for.
static asyncio_status frame_wait(asyncio__frame *frame, asyncio__progress progress) {
  if (progress == ASYNCIO__PARKED) return asyncio__park();
  asyncio_future *awaited = frame->awaiting;
  frame->awaiting = NULL;
  asyncio_status sent = asyncio_await(awaited, &frame->value);
  asyncio_unref(awaited);
  return sent;
}

// One frame takes the other's place among those that run on the stack, if they are told of.
static void note_change(const asyncio__frame *from, asyncio__frame *to) {
  asyncio__frame **called = asyncio__stackful_called(asyncio__thread.task->frame);
  if (called && *called == from) *called = to;
}

// The frame of the coroutine that [frame] awaits, when it has no stack: stepped from here, however deep such a chain
// is.
static asyncio__frame *descend(asyncio__frame *frame) {
  asyncio_future *awaited = frame->awaiting;
  if (!asyncio_iscoroutine(awaited)) return NULL;
  asyncio__task *coroutine = asyncio__task_of(awaited);
  asyncio__frame *inner = asyncio__root(coroutine);
  if (asyncio__is_stackful(inner) || !asyncio__coroutine_claim(coroutine)) return NULL;
  inner->awaiter = frame;
  note_change(frame, inner);
  return inner;
}

asyncio_status asyncio__frame_ascend(asyncio__frame **frame) {
  asyncio__frame *done = *frame, *awaiter = done->awaiter;
  asyncio_status status = done->status;
  note_change(done, awaiter);
  awaiter->value = done->value;
  *frame = awaiter;
  asyncio_unref(awaiter->awaiting);
  awaiter->awaiting = NULL;
  return status;
}

asyncio_status asyncio__frame_run(asyncio__frame *frame, asyncio_value *result) {
  asyncio__frame *innermost = frame, *inner;
  asyncio_status sent = ASYNCIO_OK;
  for (;;) {
    asyncio__progress progress = innermost->step(innermost, sent);
    if (progress == ASYNCIO__DONE && innermost == frame) break;
    if (progress == ASYNCIO__DONE) {
      sent = asyncio__frame_ascend(&innermost);
    } else if (progress == ASYNCIO__AWAITING && (inner = descend(innermost))) {
      innermost = inner;
      sent = ASYNCIO_OK;
    } else {
      sent = frame_wait(innermost, progress);
    }
  }
  if (result)
    *result = frame->value;
  else
    asyncio_value_clear(&frame->value);
  return frame->status;
}
