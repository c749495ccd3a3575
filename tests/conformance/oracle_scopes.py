# SPDX-License-Identifier: MIT
# Timeouts, task groups, as_completed, contexts and eager tasks: the operations, and what they keep.
import contextvars
import math

from oracle_common import refused, show
from oracle_loop import asyncio

EACH = 2
GROUPS = 5


class Scopes:
    """The latest of each number, also when it has ended."""

    def __init__(self):
        self.timeouts = [None] * EACH
        self.groups = [None] * GROUPS
        self.variables = [contextvars.ContextVar("v0", default=0), contextvars.ContextVar("v1")]
        self.tokens = [None] * EACH
        self.contexts = [None] * EACH


# ---- Timeouts and groups


async def timeout(me, op):
    run, delay = me.run, op["number"]
    if op["flag"] and delay != math.inf:
        scope = asyncio.timeout_at(run.loop.time() + delay)
    else:
        scope = asyncio.timeout(None if delay == math.inf else delay)
    run.scopes.timeouts[op["slot"]] = scope
    try:
        async with scope:
            returned = await run.block(me, op["blocks"][0])
    except BaseException as failure:
        me.event(op, f"{show(failure)} expired {scope.expired()}")
        raise
    me.event(op, f"ok expired {scope.expired()}")
    return returned


def reschedule(me, op):
    scope = me.run.scopes.timeouts[op["slot"]]
    when = None if op["number"] == math.inf else me.run.loop.time() + op["number"]
    me.event(op, refused(scope.reschedule, when) if scope else "empty")


def look_timeout(me, op):
    scope = me.run.scopes.timeouts[op["slot"]]
    if scope is None:
        return me.event(op, "empty")
    when = "None" if scope.when() is None else f"{scope.when():g}"
    me.event(op, f"{when} {scope.expired()}")


async def group(me, op):
    scope = asyncio.TaskGroup()
    me.run.scopes.groups[op["slot"]] = scope
    try:
        async with scope:
            returned = await me.run.block(me, op["blocks"][0])
    except BaseException as failure:
        me.event(op, show(failure))
        raise
    me.event(op, "ok")
    return returned


def group_spawn(me, op):
    run, scope = me.run, me.run.scopes.groups[op["flag"]]
    coroutine = run.item(op["items"][0]) if scope else None
    if coroutine is None:
        return me.event(op, "empty")
    try:
        run.slots[op["slot"]] = scope.create_task(coroutine)
    except RuntimeError as failure:
        return me.event(op, show(failure))
    me.event(op, run.label(run.slots[op["slot"]]))


# ---- as_completed


async def next_of(me, op, iterator):
    """What came next as text; None at the end."""
    if op["flag"]:
        future = await anext(iterator, None)
        return future and me.run.label(future)
    coroutine = next(iterator, None)
    return coroutine and show(await coroutine)


async def as_completed(me, op):
    timeout = None if op["number"] == math.inf else op["number"]
    iterator = asyncio.as_completed(me.run.items(op), timeout=timeout)
    while True:
        try:
            given = await next_of(me, op, iterator)
        except asyncio.CancelledError as failure:
            me.event(op, show(failure))
            raise
        except Exception as failure:
            given = show(failure)
        if given is None:
            return me.event(op, "ok")
        me.event(op, f"gave {given}")


# ---- Contexts


def var_set(me, op):
    scopes = me.run.scopes
    scopes.tokens[op["flag"]] = scopes.variables[op["slot"]].set(int(op["number"]))
    me.event(op, "ok")


def var_get(me, op):
    try:
        me.event(op, f"ok {me.run.scopes.variables[op['slot']].get()}")
    except LookupError as failure:
        me.event(op, show(failure))


def var_reset(me, op):
    token = me.run.scopes.tokens[op["flag"]]
    me.event(op, refused(me.run.scopes.variables[op["slot"]].reset, token) if token else "empty")


def copy_context(me, op):
    me.run.scopes.contexts[op["slot"]] = contextvars.copy_context()
    me.event(op, "ok")


def context_get(me, op):
    context = me.run.scopes.contexts[op["flag"]]
    me.event(op, "empty" if context is None else f"ok {context.get(me.run.scopes.variables[op['slot']])}")


def spawn_in(me, op):
    run, context = me.run, me.run.scopes.contexts[op["flag"]]
    coroutine = None if context is None else run.item(op["items"][0])
    if coroutine is None:
        return me.event(op, "empty")
    run.slots[op["slot"]] = run.loop.create_task(coroutine, context=context)
    me.event(op, run.label(run.slots[op["slot"]]))


def callback_in(me, op):
    future, context = me.run.slots[op["slot"]], me.run.scopes.contexts[op["flag"]]
    if future is None or context is None:
        return me.event(op, "empty")
    future.add_done_callback(me.run.callbacks[op["items"][0]], context=context)
    me.event(op, "ok")


# ---- Eager tasks


def spawn_eager(me, op):
    run = me.run
    coroutine = run.item(op["items"][0])
    if coroutine is None:
        return me.event(op, "full")
    run.slots[op["slot"]] = run.loop.create_task(coroutine, eager_start=True)
    me.event(op, run.label(run.slots[op["slot"]]))


def task_factory(me, op):
    me.run.loop.set_task_factory(asyncio.eager_task_factory if op["flag"] else None)
    me.event(op, "ok")


def current(me, op):
    task = asyncio.current_task()
    me.event(op, "None" if task is None else me.run.label(task))


SUSPENDING = {"timeout": timeout, "group": group, "as_completed": as_completed}
SYNCHRONOUS = {
    "reschedule": reschedule,
    "look_timeout": look_timeout,
    "group_spawn": group_spawn,
    "var_set": var_set,
    "var_get": var_get,
    "var_reset": var_reset,
    "copy_context": copy_context,
    "context_get": context_get,
    "spawn_in": spawn_in,
    "callback_in": callback_in,
    "spawn_eager": spawn_eager,
    "task_factory": task_factory,
    "current": current,
}
