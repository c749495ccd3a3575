// SPDX-License-Identifier: MIT
// Native coroutines that are entered at once.
#include "ucontext.h"

asyncio__coro_state asyncio__coro_enter(asyncio__coro *self, bool now) {
  (void)now;
  return asyncio__ucontext_resume(self) ? ASYNCIO__CORO_RETURNED : ASYNCIO__CORO_PARKED;
}

bool asyncio__coro_settle(void) { return false; }
