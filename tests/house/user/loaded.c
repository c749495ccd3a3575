// SPDX-License-Identifier: MIT
#include <asyncio.h>
#include <stdio.h>

ASYNCIO_EXPORT(double, half, (double, number)) {
  ASYNCIO_TRY(asyncio_sleep(0.01));
  *result = asyncio_double(number / 2);
  return ASYNCIO_OK;
}

int main(void) {
  asyncio_value value;
  int status = asyncio_run(half_coroutine(3), &value);
  printf("%g\n", asyncio_value_double(value));
  return status;
}
