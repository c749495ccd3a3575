// SPDX-License-Identifier: MIT
// Errors. One allocation holds an error and its words. A chain of contexts has a longest length, so that a task that
// meets failures all its life does not grow.
#include <stdio.h>

#include "alloc.h"
#include "barrier.h"
#include "box.h"

enum { LONGEST_CHAIN = 8 };

static asyncio__error_name *first_name, **last_name = &first_name;

void asyncio__error_name_add(asyncio__error_name *self) {
  *last_name = self;
  last_name = &self->next;
}

static const char *name_of_the_application(asyncio_status status) {
  for (const asyncio__error_name *named = first_name; named; named = named->next)
    if (named->status == status) return named->name;
  return "ApplicationError";
}

const char *asyncio_error_name(asyncio_status status) {
#define NAME(constant, code, name, words) \
  case code: \
    return name;
  switch (status) {
    ASYNCIO_STATUS_MAP(NAME)
    case ASYNCIO_OK:
      return "OK";
    default:
      return status <= ASYNCIO_APPLICATION_ERROR ? name_of_the_application(status) : "UnknownError";
  }
#undef NAME
}

const char *asyncio__status_words(asyncio_status status) {
#define WORDS(constant, code, name, words) \
  case code: \
    return words;
  switch (status) {
    ASYNCIO_STATUS_MAP(WORDS)
    case ASYNCIO_OK:
      return "";
    default:
      return status <= ASYNCIO_APPLICATION_ERROR ? "The application reported a failure" : "Unknown status";
  }
#undef WORDS
}

// Errors are shared, so a chain that is too long is not cut: its newest end begins another one.
static asyncio_error *linkable(asyncio_error *context) {
  int length = 1;
  for (const asyncio_error *error = context; error; error = error->context) length++;
  return length > LONGEST_CHAIN ? NULL : context;
}

ASYNCIO__OUTLINED asyncio_error *asyncio__error_new(asyncio_status status, asyncio_error *context, const char *format,
                                                    va_list arguments) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__error_new);
  va_list measured;
  va_copy(measured, arguments);
  int length = vsnprintf(NULL, 0, format, measured);
  va_end(measured);
  if (length < 0) length = 0;
  asyncio_error *error = asyncio__alloc(sizeof *error + (size_t)length + 1);
  if (!error) return NULL;
  *error = (asyncio_error){.references = 1, .status = status, .context = asyncio__error_ref(linkable(context))};
  error->words[0] = '\0';
  vsnprintf(error->words, (size_t)length + 1, format, arguments);
  return error;
}

asyncio_error *asyncio__error_ref(asyncio_error *error) {
  if (error) error->references++;
  return error;
}

void asyncio__error_unref(asyncio_error *error) {
  while (error && --error->references == 0) {
    asyncio_error *context = error->context;
    asyncio_value_clear(&error->cause);
    asyncio_value_clear(&error->exceptions);
    asyncio__free(error);
    error = context;
  }
}

// Nothing of an error that anybody reads changes with the count.
const asyncio_error *asyncio_error_ref(const asyncio_error *error) {
  return asyncio__error_ref((asyncio_error *)(uintptr_t)error);
}

void asyncio_error_unref(const asyncio_error *error) { asyncio__error_unref((asyncio_error *)(uintptr_t)error); }

asyncio_status asyncio_error_status(const asyncio_error *error) { return error ? error->status : ASYNCIO_OK; }

const char *asyncio_error_words(const asyncio_error *error) { return error ? error->words : ""; }

const asyncio_error *asyncio_error_context(const asyncio_error *error) { return error ? error->context : NULL; }

asyncio_value asyncio_error_exceptions(const asyncio_error *error) {
  return error ? error->exceptions : asyncio_none();
}
