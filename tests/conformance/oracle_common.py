# SPDX-License-Identifier: MIT
# What the oracle's files of operations share: the errors of programs, and how values and errors are written.
from oracle_loop import asyncio


class ApplicationError(Exception):
    pass


KINDS = [ValueError, RuntimeError, asyncio.TimeoutError, asyncio.CancelledError, ApplicationError]
CATCHES = KINDS + [Exception, BaseException]
DEEPEST_LIST = 3  # as it is shown: gathers of gathers may give twice as much at each level
WHEN = [asyncio.ALL_COMPLETED, asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION]


class Instance:
    """A body that runs, or is about to."""

    def __init__(self, run):
        self.run = run
        self.name = ""
        self.handling = []

    def event(self, op, text):
        self.run.trace(f"{self.name} {op['id']} {op['op']} {text}")


def error(op):
    kind = KINDS[op["flag"]]
    return kind(op["text"]) if op["text"] is not None else kind()


def show(value, depth=DEEPEST_LIST):
    if isinstance(value, BaseExceptionGroup):
        return f"{type(value).__name__}({value}){show(list(value.exceptions), depth)}"
    if isinstance(value, BaseException):
        return f"{type(value).__name__}({value})"
    if isinstance(value, list):
        return f"[{','.join(show(item, depth - 1) for item in value) if depth else '...'}]"
    return str(value)


def state(future):
    if not future.done():
        return "pending"
    if future.cancelled():
        try:
            future.exception()
        except asyncio.CancelledError as cancelled:
            return f"cancelled {show(cancelled)}"
    return f"failed {show(future.exception())}" if future.exception() else f"finished {show(future.result())}"


async def outcome(me, op, awaitable):
    try:
        value = await awaitable
    except BaseException as failure:
        me.event(op, show(failure))
        raise
    me.event(op, f"ok {show(value)}")


def refused(function, *arguments):
    try:
        function(*arguments)
    except Exception as failure:
        return show(failure)
    return "ok"
