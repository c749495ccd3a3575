// SPDX-License-Identifier: MIT
// What the files of operations share.
#ifndef TESTS_CONFORMANCE_OPERATIONS_H
#define TESTS_CONFORMANCE_OPERATIONS_H

#include "run.h"

// Each operation of operations.mjs under its own name: OPERATION(sleep) { ... } sees `me` and `op`.
#define OPERATION(name) asyncio_status op_##name(instance *me, const operation *op)

#define OPERATIONS(X) \
  X(sleep) X(await) X(call) X(gather) X(wait) X(wait_for) X(shield) X(try_finally) X(try_except) X(repeat) \
  X(raise) X(reraise) X(return) X(spawn) X(make_gather) X(make_shield) X(future) X(set_result) X(set_exception) X(cancel) \
  X(cancel_self) X(uncancel) X(uncancel_self) X(cancelling) X(cancelling_self) X(look) X(count_tasks) X(add_callback) \
  X(remove_callback) X(call_soon) X(call_later) X(cancel_handle)

#define DECLARE_OPERATION(name) OPERATION(name);
OPERATIONS(DECLARE_OPERATION)

// The status that [flag] stands for, in the order of operations.mjs's KINDS.
asyncio_status kind_status(int flag);

#endif
