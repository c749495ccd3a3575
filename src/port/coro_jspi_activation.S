# SPDX-License-Identifier: MIT
# What WebAssembly.promising calls: runs the coroutine that it is given, then those that it is woken for, until it is woken for
# none. An eager start that never parks ends it at once. Assembly, because a function of C that a body is called from would
# at -O0 have a frame on the host's stack, which others overwrite while the body is suspended.
.globaltype __stack_pointer, i32
.functype asyncio__jspi_begin (i32, i32) -> (i32)
.functype asyncio__jspi_body (i32) -> (i32)
.functype asyncio__jspi_end (i32) -> (i32)
.functype asyncio__jspi_low (i32) -> (i32)
.functype asyncio_host_stack_rest (i32) -> (i32)
.functype asyncio_host_move_stack_limits (i32, i32) -> ()

.globl asyncio__jspi_activation
.type asyncio__jspi_activation, @function
asyncio__jspi_activation:
  .functype asyncio__jspi_activation (i32) -> ()
  .local i32
  block
  loop
    local.get 0
    global.get __stack_pointer
    call asyncio__jspi_begin
    local.set 1
    i32.const 0
    i32.load8_u asyncio__host_checks_stacks
    if
      local.get 0
      local.get 0
      call asyncio__jspi_low
      call asyncio_host_move_stack_limits
    end_if
    local.get 1
    global.set __stack_pointer
    local.get 0
    call asyncio__jspi_body
    local.set 1
    i32.const 0
    i32.load8_u asyncio__host_checks_stacks
    if
      i32.const 0
      i32.load asyncio__jspi_outside
      i32.const 0
      i32.load asyncio__jspi_outside+4
      call asyncio_host_move_stack_limits
    end_if
    local.get 1
    global.set __stack_pointer
    local.get 0
    call asyncio__jspi_end
    local.tee 1
    i32.const -3
    i32.eq
    br_if 1
    local.get 1
    call asyncio_host_stack_rest
    local.tee 0
    br_if 0
  end_loop
  end_block
  end_function
