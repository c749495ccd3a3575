# SPDX-License-Identifier: MIT
# What find_package(asyncio CONFIG) reads of an installed library.
include(${CMAKE_CURRENT_LIST_DIR}/asyncio-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/types.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/program.cmake)
