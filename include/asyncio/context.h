// SPDX-License-Identifier: MIT
// Contexts: variables whose values belong to a task, not to the thread (Python's contextvars).
//
// Each task and each scheduled callback runs in a context of its own, a copy of the one that was current where it was
// created; what it sets there nobody else sees. A coroutine that is awaited shares its task's. Outside a loop the
// thread's context is current. Copying takes no time and no memory. Nothing here suspends but asyncio_context_run.
#ifndef ASYNCIO_CONTEXT_H
#define ASYNCIO_CONTEXT_H

#include "loop.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct asyncio_context_var asyncio_context_var;

// A new variable; make it once, when the program starts. [name] is copied, for messages; *[fallback] is what a context
// without a value of its own has, and is taken over, also on failure; NULL: there is none. The caller owns a reference,
// and each context in which it is set another. NULL with TypeError for a NULL name, MemoryError.
ASYNCIO_MUST_USE asyncio_context_var *asyncio_context_var_new(const char *name, asyncio_value *fallback);
asyncio_context_var *asyncio_context_var_ref(asyncio_context_var *var);
void asyncio_context_var_unref(asyncio_context_var *var);
const char *asyncio_context_var_name(const asyncio_context_var *var);  // borrowed; "" for NULL

// The variable's value in the current context, else its fallback, in [value] (may be NULL); borrowed until it is set or
// reset there. LookupError when it has neither, [value] is then none; TypeError for NULL.
asyncio_status asyncio_context_var_get(const asyncio_context_var *var, asyncio_value *value);

// What a set has replaced. Give it to asyncio_context_var_reset or to asyncio_context_token_clear, once.
typedef struct asyncio_context_token {
  asyncio_context *asyncio__context;  // owned until then
  const asyncio_context_var *var;
  asyncio_value old_value;  // owned; none when the variable was not set
  bool asyncio__was_set;
  bool asyncio__used;
} asyncio_context_token;

// Sets the variable in the current context; takes [value] over, also on failure. [token] may be NULL. TypeError for a
// NULL [var], MemoryError.
asyncio_status asyncio_context_var_set(asyncio_context_var *var, asyncio_value value, asyncio_context_token *token);

// Gives the variable the value back that it had before the set that [token] is of, and clears the token. RuntimeError
// when the token was used before; ValueError when another variable's set made it or another context is current: the
// token is then still good. TypeError for NULL, MemoryError.
asyncio_status asyncio_context_var_reset(asyncio_context_var *var, asyncio_context_token *token);

// Gives up what the token holds.
void asyncio_context_token_clear(asyncio_context_token *token);

// A new context without variables / a copy of the current one / of [context]. The caller owns a reference. NULL with
// MemoryError, or TypeError for NULL.
ASYNCIO_MUST_USE asyncio_context *asyncio_context_new(void);
ASYNCIO_MUST_USE asyncio_context *asyncio_copy_context(void);
ASYNCIO_MUST_USE asyncio_context *asyncio_context_copy(const asyncio_context *context);
asyncio_context *asyncio_context_ref(asyncio_context *context);
void asyncio_context_unref(asyncio_context *context);

// Calls [function] with [arg] in [context] and returns its status; what it sets stays there. May suspend if [function]
// does. RuntimeError when the context is entered already: it is current, or such a call in it has not returned.
// TypeError for NULL.
ASYNCIO_SUSPENDS asyncio_status asyncio_context_run(asyncio_context *context, asyncio_callback function, void *arg);

// The value of [var] in [context], in [value] (may be NULL), borrowed until it changes. LookupError when it is not set
// there; fallbacks do not count. TypeError for NULL.
asyncio_status asyncio_context_get(const asyncio_context *context, const asyncio_context_var *var,
                                   asyncio_value *value);

// How many variables are set in [context], and the one at [index], in the order in which they were first set; NULL past
// the end. Both are borrowed; [value] may be NULL.
size_t asyncio_context_count(const asyncio_context *context);
asyncio_context_var *asyncio_context_at(const asyncio_context *context, size_t index, asyncio_value *value);

#ifdef __cplusplus
}
#endif
#endif
