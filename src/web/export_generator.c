// SPDX-License-Identifier: MIT
// Exported generators: JavaScript writes the arguments of the body, as of a coroutine, and then makes the generator.
// What that yields is checked and converted by a frame around each step, since a body yields at any depth.
#include "../async/generator.h"
#include "../base/box.h"
#include "../core/await.h"
#include "api.h"
#include "asyncio/export.h"
#include "export.h"

typedef struct next {
  asyncio__frame frame;
  asyncio_future *step;  // NULL once it has begun
  const asyncio__export *of;
} next;

static void drop(asyncio__frame *frame) {
  next *self = asyncio__container(frame, next, frame);
  asyncio_unref(self->step);
  self->step = NULL;
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  next *self = asyncio__container(frame, next, frame);
  asyncio_future *step = self->step;
  if (step && !sent) {
    self->step = NULL;
    return asyncio__frame_await(frame, step, 1);
  }
  drop(frame);
  asyncio_value value = frame->value;
  asyncio_status status = asyncio__export_result(sent, &value, self->of->type, self->of->words, self->of->name);
  return asyncio__frame_done(frame, status, status ? asyncio_none() : value);
}

static asyncio_future *next_coroutine(const asyncio__export *of, asyncio_future *coroutine) {
  next self = {.frame = {.step = step, .drop = drop}, .of = of};
  if (!coroutine) return NULL;
  self.step = asyncio_ref(coroutine);
  return asyncio__frame_coroutine("anext", &self.frame, sizeof self);
}

// [body] is what call_export gave, its arguments written; used up.
static asyncio_generator *generator_new(const asyncio__export *of, asyncio_future *body) {
  return asyncio__generator_of(of->name, body);
}

static asyncio_future *generator_send(asyncio_generator *generator, const asyncio__export *of, int kind, double number,
                                      unsigned size) {
  asyncio_value value;
  if (asyncio__js_value(&value, kind, number, size)) return NULL;
  return next_coroutine(of, asyncio_asend(generator, value));
}

static asyncio_future *generator_throw(asyncio_generator *generator, const asyncio__export *of, asyncio_status status,
                                       unsigned size, asyncio_js thrown) {
  return next_coroutine(of, asyncio__generator_throw(generator, status, asyncio__js_error(status, size, thrown)));
}

#define FUNCTIONS(_) \
  _(generator_new, generator_new) _(generator_unref, asyncio_generator_unref) _(generator_send, generator_send) \
  _(generator_throw, generator_throw) _(aclose, asyncio_aclose)

static const asyncio__functions functions = ASYNCIO__TABLE(FUNCTIONS);

const asyncio__functions *asyncio__js_generator_functions(void) { return &functions; }
