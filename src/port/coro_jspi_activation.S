# SPDX-License-Identifier: MIT
# What WebAssembly.promising calls: runs the coroutine that it is given, then those that it is woken for. Assembly,
# because a function of C that a body is called from would at -O0 have a frame on the host's stack, which others
# overwrite while the body is suspended.
.globaltype __stack_pointer, i32
.functype asyncio__jspi_begin (i32, i32) -> (i32)
.functype asyncio__jspi_body (i32) -> (i32)
.functype asyncio__jspi_end (i32) -> (i32)
.functype asyncio__jspi_low (i32) -> (i32)
.functype asyncio__jspi_limit () -> ()
.functype asyncio_host_stack_ends () -> (i32)
.functype asyncio_host_stack_rest (i32) -> (i32)
.functype asyncio_host_move_stack_limits (i32, i32) -> ()

.globl asyncio__jspi_activation
.type asyncio__jspi_activation, @function
asyncio__jspi_activation:
  .functype asyncio__jspi_activation (i32) -> ()
  .local i32
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
      call asyncio__jspi_limit
    end_if
    local.get 1
    global.set __stack_pointer
    local.get 0
    call asyncio__jspi_end
    local.set 1
    call asyncio_host_stack_ends
    i32.eqz
    if
      local.get 1
      call asyncio_host_stack_rest
      local.set 0
      br 1
    end_if
  end_loop
  end_function
