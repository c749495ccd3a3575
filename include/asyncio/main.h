// SPDX-License-Identifier: MIT
// main() in WebAssembly. A program's main must be able to wait, and the stock glue ends one that does, silently and
// with status 0. So the function that a file including this header calls main is compiled under another name, and the
// library's own main runs it as a coroutine with a stack of its own: code after asyncio_run() executes, main's result
// is the exit status, atexit functions run once (link with -sEXIT_RUNTIME=1), and a page stays alive meanwhile. Compile
// with -DASYNCIO_PLAIN_MAIN to leave main alone. Natively main is main.
#ifndef ASYNCIO_MAIN_H
#define ASYNCIO_MAIN_H

#ifndef ASYNCIO_PLAIN_MAIN

#ifdef __cplusplus
extern "C" {
#endif

// The program's main in either of its two shapes; the library finds out which one there is.
int asyncio__main_void(void);
int asyncio__main_argc_argv(int argc, char **argv);

// Makes the linker take the library's main out of its archive.
extern const int asyncio__main_linked;
__attribute__((used)) static const int *const asyncio__main_needed = &asyncio__main_linked;

#ifdef __cplusplus
}
#endif

#define ASYNCIO__MAIN_SHAPE_(_1, _2, name, ...) name
#define ASYNCIO__MAIN_SHAPE(...) ASYNCIO__MAIN_SHAPE_(__VA_ARGS__, asyncio__main_argc_argv, asyncio__main_void, )
#define main(...) ASYNCIO__MAIN_SHAPE(__VA_ARGS__)(__VA_ARGS__)

#endif
#endif
