// SPDX-License-Identifier: MIT
// What a loaded program has for its exported generators.
#ifndef ASYNCIO__WEB_EXPORT_H
#define ASYNCIO__WEB_EXPORT_H

#include "api.h"

const asyncio__functions *asyncio__js_generator_functions(void);

#endif
