// SPDX-License-Identifier: MIT
// Asynchronous generators: a body that is awaited anew for each value, by a frame that knows what was asked: the next
// value, a failure to throw in, or the end. Those that a loop's tasks have asked are in its list, so that none is left
// open. Invariant: a generator is running from the begin of such a frame to the end of its await, and the frame holds a
// reference.
#include <stdio.h>

#include "../base/alloc.h"
#include "../base/barrier.h"
#include "../base/box.h"
#include "../core/await.h"
#include "../core/loop.h"
#include "asyncio/gather.h"
#include "generator.h"

struct asyncio_generator {
  asyncio__link link;        // in loop->generators from when it is first asked to its end
  asyncio__entry finaliser;  // in the ready queue once nobody refers to it
  asyncio_loop *loop;        // held from then on
  asyncio_future *body;
  const char *name;
  unsigned references;
  bool running;
  bool begun;
  bool closed;  // asyncio_aclose has tried
  bool ended;
};

static void finalise(asyncio__entry *entry);
static void drop_finaliser(asyncio__entry *entry);

asyncio_generator *asyncio__generator_of(const char *name, asyncio_future *body) {
  asyncio_generator *self = body ? asyncio__alloc(sizeof *self) : NULL;
  if (!self) {
    if (body) asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for generator '%s'", name);
    asyncio_unref(body);
    (void)asyncio__no_awaitable();
    return NULL;
  }
  asyncio__coroutine_generates(body);
  *self = (asyncio_generator){.body = asyncio_ref(body), .name = name, .references = 1};
  asyncio__list_init(&self->link);
  asyncio__entry_init(&self->finaliser, finalise);
  self->finaliser.drop = drop_finaliser;
  return self;
}

asyncio_generator *asyncio_generator_new(const char *name, asyncio_body body, const void *arguments, size_t size) {
  name = name ? name : "generator";
  return asyncio__generator_of(name, asyncio_coroutine_new(name, body, arguments, size));
}

asyncio_generator *asyncio__stackless_generator(const char *name, asyncio__stackless_body body, const void *parameters,
                                                size_t given, size_t size) {
  return asyncio__generator_of(name, asyncio__stackless_new(name, body, parameters, given, size));
}

asyncio_generator *asyncio_generator_ref(asyncio_generator *self) {
  if (self) self->references++;
  return self;
}

static void end(asyncio_generator *self) {
  self->ended = true;
  asyncio__unlink(&self->link);
}

static void destroy(asyncio_generator *self) {
  end(self);
  asyncio__generator_drop(self->body);
  asyncio_unref(self->body);
  asyncio__loop_release(self->loop);
  asyncio__free(self);
}

void asyncio_generator_unref(asyncio_generator *self) {
  if (!self || --self->references) return;
  if (!self->begun || self->ended || self->closed || self->loop->closed) {
    destroy(self);
    return;
  }
  self->references = 1;  // the finaliser's
  asyncio__loop_ready(self->loop, &self->finaliser);
}

static void finalise(asyncio__entry *entry) {
  asyncio_generator *self = asyncio__container(entry, asyncio_generator, finaliser);
  asyncio__unlink(&self->link);
  asyncio_task *task = asyncio_create_task_with(asyncio_aclose(self), (asyncio_task_options){.loop = self->loop});
  if (!task) self->closed = true;  // no memory for it: nobody will try again
  asyncio_unref(task);
  asyncio__errors_clear(asyncio__errors_here());
  asyncio_generator_unref(self);
}

static void drop_finaliser(asyncio__entry *entry) {
  asyncio_generator *self = asyncio__container(entry, asyncio_generator, finaliser);
  self->closed = true;
  asyncio_generator_unref(self);
}

// ---- What is asked of a generator

typedef enum request { NEXT, SEND, THROW, CLOSE } request;

static const char *const names[] = {"anext", "anext", "athrow", "aclose"};

typedef struct step_frame {
  asyncio__frame frame;
  asyncio_generator *generator;  // owned until done
  request request;
  asyncio_value sent;     // owned until given
  asyncio_status thrown;  // what its yield is to return
  asyncio_error *words;   // of that; owned until then
} step_frame;

enum { START, LEFT };

static void release(step_frame *self) {
  asyncio_generator *generator = self->generator;
  asyncio_error *words = self->words;
  self->generator = NULL;
  self->words = NULL;
  asyncio_value_clear(&self->sent);
  asyncio__error_unref(words);
  asyncio_generator_unref(generator);
}

// Of a frame that has begun only when its task is abandoned: what runs in the generator is lost.
static void drop(asyncio__frame *frame) {
  step_frame *self = asyncio__container(frame, step_frame, frame);
  if (!self->generator) return;
  if (frame->at == LEFT) {
    self->generator->running = false;
    end(self->generator);
  }
  release(self);
}

static asyncio__progress done(step_frame *self, asyncio_status status, asyncio_value value) {
  release(self);
  return asyncio__frame_done(&self->frame, status, value);
}

static asyncio__progress no_more(step_frame *self) {
  asyncio__errors_push(asyncio__errors_here(), ASYNCIO_STOP_ASYNC_ITERATION, NULL);
  return done(self, ASYNCIO_STOP_ASYNC_ITERATION, asyncio_none());
}

// Its body will never run again, or never at all.
static asyncio__progress ended(step_frame *self, asyncio_status status) {
  bool closes = self->request == CLOSE;
  end(self->generator);
  if (status == ASYNCIO_OK && !closes) return no_more(self);
  if (status == ASYNCIO_STOP_ASYNC_ITERATION)
    status = asyncio_raise(ASYNCIO_RUNTIME_ERROR, "async generator raised StopAsyncIteration");
  if (status == ASYNCIO_GENERATOR_EXIT && closes) status = ASYNCIO_OK;
  return done(self, status, asyncio_none());
}

static asyncio__progress left(step_frame *self, asyncio_status status, asyncio_value value) {
  self->generator->running = false;
  if (status == ASYNCIO__YIELDED && self->request != CLOSE) return done(self, ASYNCIO_OK, value);
  asyncio_value_clear(&value);
  if (status != ASYNCIO__YIELDED) return ended(self, status);
  return done(self, asyncio_raise(ASYNCIO_RUNTIME_ERROR, "async generator ignored GeneratorExit"), asyncio_none());
}

static asyncio_status refused(const step_frame *self) {
  const asyncio_generator *generator = self->generator;
  if (generator->running)
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "%s(): asynchronous generator is already running",
                         names[self->request]);
  if (!generator->begun && !generator->ended && self->sent.kind != ASYNCIO_NONE)
    return asyncio_raise(ASYNCIO_TYPE_ERROR, "can't send non-None value to a just-started async generator");
  return ASYNCIO_OK;
}

// Asked for the first time, even if that is refused.
static void join_loop(asyncio_generator *generator) {
  generator->loop = asyncio__loop_hold(asyncio__thread.running);
  asyncio__list_append(&generator->loop->generators, &generator->link);
  if (!generator->loop->generators_shut_down) return;
  asyncio_exception_context context = {
      .message = "An asynchronous generator was scheduled after loop.shutdown_asyncgens() call"};
  asyncio_loop_call_exception_handler(generator->loop, &context);
}

static asyncio__progress enter(step_frame *self) {
  asyncio_generator *generator = self->generator;
  asyncio_value sent = self->sent;
  if (self->thrown) asyncio__errors_push(asyncio__errors_here(), self->thrown, asyncio__error_ref(self->words));
  if (!generator->begun && self->thrown) return ended(self, self->thrown);
  generator->begun = generator->running = true;
  generator->closed |= self->request == CLOSE;
  self->sent = asyncio_none();
  asyncio__generator_ready(generator->body, self->thrown, sent);
  return asyncio__frame_await(&self->frame, asyncio_ref(generator->body), LEFT);
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  step_frame *self = asyncio__container(frame, step_frame, frame);
  asyncio_generator *generator = self->generator;
  if (frame->at == LEFT) return left(self, sent, frame->value);
  if (!generator->loop && !generator->ended) join_loop(generator);
  asyncio_status status = refused(self);
  bool asks = self->request == NEXT || self->request == SEND;
  if (status) return done(self, status, asyncio_none());
  if (generator->ended) return asks ? no_more(self) : done(self, ASYNCIO_OK, asyncio_none());
  return generator->closed && !asks ? no_more(self) : enter(self);
}

static asyncio_future *step_coroutine(step_frame *self) {
  if (self->generator) {
    self->generator->references++;
    self->frame = (asyncio__frame){.step = step, .drop = drop};
    return asyncio__frame_coroutine(names[self->request], &self->frame, sizeof *self);
  }
  asyncio_value_clear(&self->sent);
  asyncio__error_unref(self->words);
  if (asyncio__errors_here()->no_awaitable)
    (void)asyncio__null_awaitable("generator");  // the error of its constructor
  else
    asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [generator] to be a generator, got NULL");
  return asyncio__no_awaitable();
}

asyncio_future *asyncio_anext(asyncio_generator *generator) {
  return step_coroutine(&(step_frame){.generator = generator, .request = NEXT});
}

asyncio_future *asyncio_asend(asyncio_generator *generator, asyncio_value value) {
  return step_coroutine(&(step_frame){.generator = generator, .request = SEND, .sent = value});
}

asyncio_future *asyncio_aclose(asyncio_generator *generator) {
  return step_coroutine(&(step_frame){.generator = generator, .request = CLOSE, .thrown = ASYNCIO_GENERATOR_EXIT});
}

asyncio_future *asyncio__generator_throw(asyncio_generator *generator, asyncio_status status, asyncio_error *words) {
  return step_coroutine(&(step_frame){.generator = generator, .request = THROW, .thrown = status, .words = words});
}

asyncio_future *asyncio_athrow(asyncio_generator *generator, asyncio_status status, const char *format, ...) {
  if (!asyncio__is_failure(status)) {
    asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [status] to be an error's, got %d", status);
    return asyncio__no_awaitable();
  }
  va_list arguments;
  va_start(arguments, format);
  asyncio_error *words = asyncio__error_new(status, NULL, format, arguments);
  va_end(arguments);
  return asyncio__generator_throw(generator, status, words);
}

// ---- All of a loop

// The array takes the generators over from the loop's list, with a reference to each.
static asyncio_status take_open(asyncio_loop *loop, asyncio_generator ***generators, size_t *count) {
  size_t open = 0;
  for (asyncio__link *link = loop->generators.next; link != &loop->generators; link = link->next) open++;
  *generators = open ? asyncio__alloc(open * sizeof **generators) : NULL;
  if (open && !*generators)
    return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for closing %zu generators", open);
  for (*count = 0; *count < open; ++*count)
    (*generators)[*count] =
        asyncio_generator_ref(asyncio__container(asyncio__list_pop(&loop->generators), asyncio_generator, link));
  return ASYNCIO_OK;
}

static asyncio_future *close_all(asyncio_generator *const *generators, size_t count) {
  asyncio_future **closing = asyncio__alloc(count * sizeof *closing);
  if (!closing) {
    asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for closing %zu generators", count);
    return asyncio__no_awaitable();
  }
  for (size_t i = 0; i < count; i++) closing[i] = asyncio_aclose(generators[i]);
  asyncio_future *all = asyncio_gather_array(closing, count, true);
  asyncio__free(closing);
  return all;
}

ASYNCIO__OUTLINED static void report(asyncio_loop *loop, const asyncio_generator *generator, asyncio_value outcome) {
  ASYNCIO__NEVER_SUSPENDS(report);
  char message[160];
  asyncio_status status = asyncio_value_status(outcome);
  if (!status || status == ASYNCIO_CANCELLED_ERROR) return;
  snprintf(message, sizeof message, "an error occurred during closing of asynchronous generator %s", generator->name);
  asyncio_exception_context context = {message, status, asyncio_value_error(outcome), NULL};
  asyncio_loop_call_exception_handler(loop, &context);
}

ASYNCIO_STATIC_STACKLESS(shutdown_asyncgens, (asyncio_loop *, loop)) {
  asyncio_generator **generators;
  size_t count;
  asyncio_value outcomes;
  asyncio_status status;
} ASYNCIO_BEGIN(shutdown_asyncgens) {
  self->loop->generators_shut_down = true;
  ASYNCIO_TRY(take_open(self->loop, &self->generators, &self->count));
  if (!self->count) return ASYNCIO_OK;
  ASYNCIO_AWAIT_STATUS(self->status, close_all(self->generators, self->count), &self->outcomes);
  for (size_t i = 0; i < self->count; i++) {
    if (!self->status) report(self->loop, self->generators[i], asyncio_value_at(self->outcomes, i));
    asyncio_generator_unref(self->generators[i]);
  }
  asyncio_value_clear(&self->outcomes);
  asyncio__free(self->generators);
  return self->status;
} ASYNCIO_END

asyncio_future *asyncio_loop_shutdown_asyncgens(asyncio_loop *loop) {
  if (!asyncio__loop_open(loop)) return shutdown_asyncgens_coroutine(loop);
  return asyncio__no_awaitable();
}
