// SPDX-License-Identifier: MIT
// Futures. The callbacks of a future are entries, the same that the ready queue holds: when it is done they move there
// in order, so a done callback and a waiting task cost nothing to wake. Invariant: callbacks is empty once the future
// is done; a value or an error is held only then.
#include "future.h"
#include "task.h"

#include <string.h>

#include "../base/check.h"
#include "../port/coro.h"

static bool plain_cancel(asyncio_future *self, const char *message) {
  asyncio__future_cancelled_with(self, asyncio__cancelled_error(message));
  return true;
}

const asyncio__future_kind asyncio__plain_future = {.name = "future", .cancel = plain_cancel};

// A done callback that a user added. It holds no reference while it waits, or the two would keep each other; it gets
// one as it is made ready.
typedef struct done_callback {
  asyncio__entry entry;
  asyncio_future *future;
  asyncio_done_callback call;
  void *arg;
  asyncio__context_slot context;
} done_callback;

static void done_callback_free(done_callback *self) {
  if (self->context) asyncio__context_clear_slot(&self->context);
  asyncio__pool_free(&asyncio__thread.pool, self, sizeof *self);
}

static void done_callback_drop(asyncio__entry *entry) {
  done_callback *self = asyncio__container(entry, done_callback, entry);
  asyncio_future *future = self->future;
  done_callback_free(self);
  asyncio_unref(future);
}

ASYNCIO__OUTLINED static void done_callback_run(asyncio__entry *entry) {
  ASYNCIO__NEVER_SUSPENDS(done_callback_run);
  done_callback *self = asyncio__container(entry, done_callback, entry);
  asyncio_future *future = self->future;
  asyncio__context_enter(&self->context);
  asyncio_status status = self->call(future, self->arg);
  done_callback_free(self);
  if (status) {
    asyncio_exception_context context = {"Exception in done callback", status,
                                         asyncio__errors_find(asyncio__errors_here(), status), future};
    asyncio__loop_tell(future->loop, &context);  // not in a task's own context: this is the callback's
  }
  asyncio__errors_clear(asyncio__errors_here());
  asyncio__context_leave();
  asyncio_unref(future);
}

asyncio_future *asyncio__future_new(const asyncio__future_kind *kind, size_t size, asyncio_loop *loop) {
  if (asyncio__loop_open(loop)) return asyncio__no_awaitable();
  asyncio_future *self = asyncio__pool_alloc(&asyncio__thread.pool, size);
  if (!self) {
    asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a %s", kind->name);
    return asyncio__no_awaitable();
  }
  *self = (asyncio_future){.kind = kind, .loop = asyncio__loop_hold(loop), .references = 1, .size = (unsigned)size};
  asyncio__list_init(&self->callbacks);
  return self;
}

asyncio_future *asyncio_loop_create_future(asyncio_loop *loop) {
  return asyncio__future_new(&asyncio__plain_future, sizeof(asyncio_future), loop);
}

asyncio_future *asyncio_ref(asyncio_future *future) {
  if (!future) return NULL;
  if (future->floating)
    future->floating = false;
  else
    future->references++;
  return future;
}

// Other entries than the users' hold a reference to the future, and drop it: a gather's, a shield's.
ASYNCIO__OUTLINED void asyncio__future_drop_callbacks(asyncio_future *self) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__future_drop_callbacks);
  asyncio__link *link;
  while ((link = asyncio__list_pop(&self->callbacks))) {
    asyncio__entry *entry = asyncio__entry_of(link);
    if (entry->run == done_callback_run)
      done_callback_free(asyncio__container(entry, done_callback, entry));
    else if (entry->drop)
      entry->drop(entry);
  }
}

void asyncio__future_report_unseen(asyncio_future *self) {
  if (!self->unseen) return;
  self->unseen = false;
  asyncio__loop_report(self->loop, "Exception was never retrieved", self);
}

ASYNCIO__OUTLINED static void destroy(asyncio_future *self) {
  ASYNCIO__NEVER_SUSPENDS(destroy);
  if (self->unseen && self->loop) {
    self->references = 1;  // the handler may keep it
    asyncio__future_report_unseen(self);
    if (--self->references) return;
  }
  if (!asyncio__list_empty(&self->callbacks)) asyncio__future_drop_callbacks(self);
  if (self->kind == &asyncio__task_kind)  // a direct call is quicker, and most are
    asyncio__task_destroy(self);
  else if (self->kind->destroy)
    self->kind->destroy(self);
  if (self->value.boxed) asyncio_value_clear(&self->value);
  if (self->error) asyncio__error_unref(self->error);
  asyncio_loop *loop = self->loop;
  asyncio__pool_free(&asyncio__thread.pool, self, self->size);
  if (loop)
    asyncio__loop_release(loop);
  else if (!asyncio__thread.loops)
    asyncio__runtime_idle();  // a coroutine that outlived every loop
}

void asyncio_unref(asyncio_future *future) {
  if (future && --future->references == 0) destroy(future);
}

bool asyncio_future_done(const asyncio_future *future) { return future && asyncio__is_done(future); }

bool asyncio_future_cancelled(const asyncio_future *future) { return future && future->state == ASYNCIO__CANCELLED; }

asyncio_loop *asyncio_future_get_loop(const asyncio_future *future) { return future ? future->loop : NULL; }

static void make_ready(asyncio_future *self, asyncio__entry *entry) {
  if (entry->run == done_callback_run) {
    entry->drop = done_callback_drop;
    self->references++;
  }
  asyncio__loop_ready(self->loop, entry);
}

ASYNCIO__OUTLINED static void wake_callbacks(asyncio_future *self) {
  ASYNCIO__NEVER_SUSPENDS(wake_callbacks);
  if (self->loop->closed) {
    self->references++;  // what is dropped may be all that refers to it
    asyncio__future_drop_callbacks(self);
    asyncio_unref(self);
    return;
  }
  asyncio__link *link;
  while ((link = asyncio__list_pop(&self->callbacks))) {
    asyncio__entry *entry = asyncio__entry_of(link);
    if (!entry->notice || !entry->notice(entry)) make_ready(self, entry);
  }
}

void asyncio__future_end(asyncio_future *self, asyncio_status status, asyncio_error *error) {
  ASYNCIO_ASSERT(self->state == ASYNCIO__PENDING);
  self->state = ASYNCIO__FINISHED;
  self->status = status;
  self->error = error;
  self->unseen = status != ASYNCIO_OK;
  wake_callbacks(self);
}

void asyncio__future_finish(asyncio_future *self, asyncio_status status, asyncio_value value, asyncio_error *error) {
  self->value = value;
  asyncio__future_end(self, status, error);
}

void asyncio__future_cancelled_with(asyncio_future *self, asyncio_error *error) {
  ASYNCIO_ASSERT(self->state == ASYNCIO__PENDING);
  self->state = ASYNCIO__CANCELLED;
  self->status = ASYNCIO_CANCELLED_ERROR;
  self->error = error;
  wake_callbacks(self);
}

static asyncio_error *error_new(asyncio_status status, asyncio_error *context, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  asyncio_error *error = asyncio__error_new(status, context, format, arguments);
  va_end(arguments);
  return error;
}

asyncio_error *asyncio__cancelled_error(const char *message) {
  return message ? error_new(ASYNCIO_CANCELLED_ERROR, NULL, "%s", message) : NULL;
}

static asyncio_status settable(const asyncio_future *self) {
  if (!self) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [future] to be a future, got NULL");
  if (self->kind->inner_only || self->state == ASYNCIO__UNUSED)
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "The outcome of a %s cannot be set from outside", self->kind->name);
  if (asyncio__is_done(self))
    return asyncio_raise(ASYNCIO_INVALID_STATE_ERROR, "The future is %s already",
                         self->state == ASYNCIO__CANCELLED ? "cancelled" : "finished");
  return ASYNCIO_OK;
}

asyncio_status asyncio_future_set_result(asyncio_future *self, asyncio_value value) {
  asyncio_status status = settable(self);
  if (status)
    asyncio_value_clear(&value);
  else
    asyncio__future_finish(self, ASYNCIO_OK, value, NULL);
  return status;
}

asyncio_status asyncio_future_set_exception(asyncio_future *self, asyncio_status status, const char *format, ...) {
  ASYNCIO_TRY(settable(self));
  if (!asyncio__is_failure(status))
    return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [status] to be an error's, got %d", status);
  va_list arguments;
  va_start(arguments, format);
  asyncio__future_finish(self, status, asyncio_none(), asyncio__error_new(status, NULL, format, arguments));
  va_end(arguments);
  return ASYNCIO_OK;
}

asyncio_status asyncio__future_set_error(asyncio_future *self, asyncio_status status, asyncio_error *error) {
  asyncio_status refused = settable(self);
  if (refused)
    asyncio__error_unref(error);
  else
    asyncio__future_finish(self, status, asyncio_none(), error);
  return refused;
}

static asyncio_status look(asyncio_future *self) {
  if (!self) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [future] to be a future, got NULL");
  if (!asyncio__is_done(self)) return asyncio_raise(ASYNCIO_INVALID_STATE_ERROR, "Result is not set");
  self->unseen = false;
  return ASYNCIO_OK;
}

asyncio_status asyncio_future_result(asyncio_future *self, asyncio_value *value) {
  if (value) *value = asyncio_none();
  ASYNCIO_TRY(look(self));
  if (value) *value = self->value;
  if (self->status) asyncio__errors_push(asyncio__errors_here(), self->status, asyncio__error_ref(self->error));
  return self->status;
}

asyncio_status asyncio_future_exception(asyncio_future *self, const asyncio_error **error) {
  if (error) *error = NULL;
  ASYNCIO_TRY(look(self));
  if (self->state == ASYNCIO__CANCELLED) return asyncio_future_result(self, NULL);
  if (self->status && !self->error)
    self->error = error_new(self->status, NULL, "%s", asyncio__status_words(self->status));
  if (error) *error = self->error;
  return ASYNCIO_OK;
}

asyncio_status asyncio__future_take(asyncio_future *self, asyncio_value *value) {
  self->unseen = false;
  *value = asyncio_value_ref(self->value);
  if (self->status) asyncio__errors_push(asyncio__errors_here(), self->status, asyncio__error_ref(self->error));
  return self->status;
}

ASYNCIO__OUTLINED bool asyncio_future_cancel(asyncio_future *self, const char *message) {
  ASYNCIO__NEVER_SUSPENDS(asyncio_future_cancel);
  if (!self) return false;
  if (self->state == ASYNCIO__PENDING) return self->kind->cancel(self, message);
  if (!self->kind->insists) self->unseen = false;  // who wanted it cancelled does not ask how it failed
  return false;
}

void asyncio__future_watch(asyncio_future *self, asyncio__entry *entry) {
  if (asyncio__is_done(self))
    make_ready(self, entry);
  else
    asyncio__list_append(&self->callbacks, &entry->link);
}

static asyncio_status callable(const asyncio_future *self, asyncio_done_callback callback) {
  if (!self || !self->loop)
    return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [future] to be a future, got %s", self ? "a coroutine" : "NULL");
  if (!callback) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [callback] to be a function, got NULL");
  return asyncio__loop_open(self->loop);
}

asyncio_status asyncio_future_add_done_callback_in(asyncio_future *self, asyncio_done_callback callback, void *arg,
                                                   asyncio_context *context) {
  ASYNCIO_TRY(callable(self, callback));
  done_callback *added = asyncio__pool_alloc(&asyncio__thread.pool, sizeof *added);
  if (!added) return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a done callback");
  *added = (done_callback){.future = self, .call = callback, .arg = arg};
  asyncio__entry_init(&added->entry, done_callback_run);
  added->context = asyncio__context_choose(context);
  asyncio__future_watch(self, &added->entry);
  return ASYNCIO_OK;
}

size_t asyncio_future_remove_done_callback(asyncio_future *self, asyncio_done_callback callback, void *arg) {
  size_t removed = 0;
  asyncio__link *following;
  if (!self) return 0;
  for (asyncio__link *link = self->callbacks.next; link != &self->callbacks; link = following) {
    following = link->next;
    if (asyncio__entry_of(link)->run != done_callback_run) continue;
    done_callback *added = asyncio__container(link, done_callback, entry.link);
    if (added->call != callback || added->arg != arg) continue;
    asyncio__unlink(link);
    done_callback_free(added);
    removed++;
  }
  return removed;
}
