// SPDX-License-Identifier: MIT
// In WebAssembly a coroutine that parks saves its frames' locals in its stack, beside the C frames. Where the frames
// fit and the locals do not, its task fails cleanly and nobody else notices. Natively and over JSPI there is no such
// record: nothing to test.
#include "actors.h"

#if defined(__EMSCRIPTEN__) && !defined(ASYNCIO_NO_ASYNCIFY)
enum { STACK_SIZE = 4096, KEPT_FREE = 1200 };

// Recurses until [KEPT_FREE] bytes of the C stack are left: enough for the call that parks, too little for all the
// locals.
static __attribute__((noinline)) asyncio_status recurse(const char *top, volatile int *depth) {
  volatile char here = 0;
  int before = *depth;
  ++*depth;
  asyncio_status status = ASYNCIO_OK;
  if (top - (const char *)&here < STACK_SIZE - KEPT_FREE)
    status = recurse(top, depth);
  else
    status = asyncio_sleep(0);
  *depth = before + here;
  return status;
}

ASYNCIO_COROUTINE(parks_deep) {
  char top = 0;
  volatile int depth = 0;
  trace("deep starts");
  asyncio_status status = recurse(&top, &depth);
  trace("deep is back");
  return status;
}

ASYNCIO_COROUTINE(overflows) {
  clock_start();
  asyncio_task *other = asyncio_create_task(actor_coroutine("other", 1, 7));
  asyncio_task *deep = asyncio_create_task(parks_deep_coroutine(), .name = "deep", .stack_size = STACK_SIZE);
  CHECK_ERROR(asyncio_await(deep, NULL), ASYNCIO_MEMORY_ERROR, NULL);
  const char *words = asyncio_error_message(ASYNCIO_MEMORY_ERROR), *start = "The stack of deep overflowed its ";
  test_check(!strncmp(words, start, strlen(start)), __FILE__, __LINE__, "The words are: %s", words);
  CHECK_TEXT(strstr(words, " bytes"), " bytes: create it with a larger .stack_size");
  check_gives(other, 7);
  asyncio_unref(deep);
  asyncio_unref(other);
  deep = asyncio_create_task(parks_deep_coroutine(), .stack_size = 16 * STACK_SIZE);
  CHECK_OK(asyncio_await(deep, NULL));
  asyncio_unref(deep);
  return ASYNCIO_OK;
}

TEST(coroutine_whose_locals_do_not_fit_its_stack_as_it_parks_fails_alone) {
  run(overflows_coroutine());
  EXPECT_TRACE("deep starts", "other done at 1", "deep starts", "deep is back");
}
#endif
