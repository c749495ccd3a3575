// SPDX-License-Identifier: MIT
// Coroutines that do nothing but let one another run, as many and as often as is asked for.
#include <asyncio.h>
#include <stdlib.h>

ASYNCIO_COROUTINE(spin, (int, turns)) {
  for (int i = 0; i < turns; i++) ASYNCIO_TRY(asyncio_sleep(0));
  return ASYNCIO_OK;
}

ASYNCIO_EXPORT(void, spin_all, (int, count), (int, turns)) {
  asyncio_future **spinners = malloc((size_t)count * sizeof *spinners);
  if (!spinners) return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for %d spinners", count);
  for (int i = 0; i < count; i++) spinners[i] = spin_coroutine(turns);
  asyncio_future *all = asyncio_gather_array(spinners, (size_t)count, false);
  free(spinners);
  return asyncio_await(all, NULL);
}
