// SPDX-License-Identifier: MIT
// More coroutines with stacks at once than an engine has: over JSPI those above the limit fail and say why, the others
// lose no word; over Asyncify, where stacks are memory, all fit.
#include <stdlib.h>

#include "check.h"

enum { ALL = 16100, WORDS = 192, STACK_SIZE = 4096 };
#ifdef ASYNCIO_NO_ASYNCIFY
EM_JS(int, most_stacks, (void), { return typeof InternalError === 'function' ? 8000 : 16000; });
#else
static int most_stacks(void) { return ALL + 2; }
#endif

static int parked, intact;

ASYNCIO_COROUTINE(hold_words, (unsigned, seed), (asyncio_event *, go)) {
  volatile unsigned words[WORDS];
  for (unsigned i = 0; i < WORDS; i++) words[i] = seed * 2654435761u + i;
  parked++;
  ASYNCIO_TRY(asyncio_event_wait(go));
  unsigned same = 0;
  for (unsigned i = 0; i < WORDS; i++) same += words[i] == seed * 2654435761u + i;
  intact += same == WORDS;
  return ASYNCIO_OK;
}

TASK_TEST(one_more_than_the_engine_s_stacks_fails_and_the_others_do_not) {
  int fit = most_stacks() - 2;  // main and this coroutine have stacks as well
  asyncio_event go;
  asyncio_event_init(&go);
  asyncio_task **tasks = malloc(ALL * sizeof *tasks);
  for (unsigned i = 0; i < ALL; i++)
    tasks[i] = asyncio_create_task(hold_words_coroutine(i, &go), .stack_size = STACK_SIZE);
  ASYNCIO_TRY(asyncio_sleep(0));
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK_INT(parked, fit);
  asyncio_event_set(&go);
  int failed = 0;
  for (unsigned i = 0; i < ALL; i++) {
    asyncio_status status = asyncio_await(tasks[i], NULL);
    failed += status != ASYNCIO_OK;
    if (i == ALL - 1 && fit < ALL)
      CHECK_ERROR(status, ASYNCIO_MEMORY_ERROR,
                  "No stack for Task-16101: as many coroutines as may be have stacks (the module's maximumStacks)");
    asyncio_unref(tasks[i]);
  }
  CHECK_INT(failed, ALL - fit);
  CHECK_INT(intact, fit);
  asyncio_task *late = asyncio_create_task(hold_words_coroutine(7, &go));
  CHECK_OK(asyncio_await(late, NULL));
  asyncio_unref(late);
  free(tasks);
  return ASYNCIO_OK;
}
