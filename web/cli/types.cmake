# SPDX-License-Identifier: MIT
# asyncio_add_types(target): after each link, the TypeScript declarations of the program's exports beside it: app.d.ts
# for app.js. By this package's own command, or, for an installed library, by that of the npm package in the project.
set(command npx wasyncio)
if(EXISTS ${CMAKE_CURRENT_LIST_DIR}/wasyncio.mjs)
  set(command node ${CMAKE_CURRENT_LIST_DIR}/wasyncio.mjs)
endif()
set(ASYNCIO_COMMAND "${command}" CACHE STRING "The command of the npm package, which writes TypeScript declarations")

function(asyncio_add_types target)
  if(NOT EMSCRIPTEN)
    return()
  endif()
  set(file $<TARGET_FILE_DIR:${target}>/$<TARGET_FILE_BASE_NAME:${target}>)
  add_custom_command(TARGET ${target} POST_BUILD VERBATIM
    COMMAND ${ASYNCIO_COMMAND} types $<TARGET_FILE:${target}> -o ${file}.d.ts)
endfunction()
