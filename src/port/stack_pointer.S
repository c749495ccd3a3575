# SPDX-License-Identifier: MIT
# Reads and sets the pointer to the C stack in linear memory. Assembly, because C code that did so would have a frame of
# its own at -O0, and the pointer would be the frame's. no_dead_strip exports them: the loader puts the pointer back
# when an exception has thrown C's frames away.
.globaltype __stack_pointer, i32

.globl asyncio__stack_pointer
.no_dead_strip asyncio__stack_pointer
.type asyncio__stack_pointer, @function
asyncio__stack_pointer:
  .functype asyncio__stack_pointer () -> (i32)
  global.get __stack_pointer
  end_function

.globl asyncio__set_stack_pointer
.no_dead_strip asyncio__set_stack_pointer
.type asyncio__set_stack_pointer, @function
asyncio__set_stack_pointer:
  .functype asyncio__set_stack_pointer (i32) -> ()
  local.get 0
  global.set __stack_pointer
  end_function
