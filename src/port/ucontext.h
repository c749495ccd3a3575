// SPDX-License-Identifier: MIT
// The switch that both native backends share.
#ifndef ASYNCIO__PORT_UCONTEXT_H
#define ASYNCIO__PORT_UCONTEXT_H

#include <ucontext.h>

#include "coro.h"

struct asyncio__coro {
  ucontext_t own;
  ucontext_t outside;  // where it was entered from
  asyncio__coro_call call;
  int status;  // what the body returned
  char *block;
  size_t size;
  char *stack;  // about where its stack stood when it was left
  bool returned;
  asyncio__link queued;  // coro_later.c: in the queue from enter to its turn
  void *fake_stack;      // AddressSanitizer's, while it is left
  const void *outside_stack;
  size_t outside_size;
  unsigned valgrind_id;
};

// Switches to it and back; true when its body has returned.
bool asyncio__ucontext_resume(asyncio__coro *coro);

#endif
