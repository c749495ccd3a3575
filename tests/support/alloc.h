// SPDX-License-Identifier: MIT
// The allocator of the tests, which counts and can fail.
#ifndef TESTS_SUPPORT_ALLOC_H
#define TESTS_SUPPORT_ALLOC_H

#include <stddef.h>

// The [n]-th allocation from now on fails, once (1 is the next); 0 for none. Returns how many have been made since
// the last call.
size_t test_fail_allocation(size_t n);
size_t test_live_allocations(void);
size_t test_live_bytes(void);  // in them

#endif
