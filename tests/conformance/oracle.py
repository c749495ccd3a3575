# SPDX-License-Identifier: MIT
# The oracle: interprets programs (operations.mjs says what they are made of) as coroutines of CPython's asyncio, and
# writes down what happens. One function for each operation; what each one traces is what the other drivers must.
import math

import oracle_generators
import oracle_locks
import oracle_scopes
from oracle_common import CATCHES, WHEN, Instance, error, outcome, refused, show, state
from oracle_loop import VirtualLoop, asyncio

MOST_INSTANCES = 60


class Run:
    """One program under way: its slots, what it made, and the trace."""

    def __init__(self, program):
        self.program = program
        self.loop = VirtualLoop()
        self.loop.set_exception_handler(self.handle)
        self.slots = [None] * program["slots"]
        self.handles = [None] * program["handles"]
        self.things = oracle_locks.Things(program["sizes"])
        self.scopes = oracle_scopes.Scopes()
        self.generators = [None] * len(program["bodies"])
        self.kept = []  # those before too: that they are let go is no event
        self.made = []
        self.lines = []
        self.created = self.started = 0  # instances of bodies
        self.callbacks = [Callback(self, index) for index in range(len(program["callbacks"]))]
        self.dead = False

    def trace(self, text):
        if not self.dead:
            self.lines.append(f"{str(self.loop.now).removesuffix('.0')} {text}")

    def label(self, future):
        for index, made in enumerate(self.made):
            if made is future:
                return f"f{index}"
        self.made.append(future)
        return f"f{len(self.made) - 1}"

    def handle(self, loop, context):
        message = context["message"]
        if "in shielded future" in message:
            self.trace(f"handler shield {show(context['exception'])}")
        elif "closing of asynchronous generator" in message:
            self.trace(f"handler generator {show(context['exception'])}")
        elif message.endswith("shutdown"):
            self.trace(f"handler shutdown {show(context['exception'])}")
        elif message.startswith("Exception in callback"):
            self.trace(f"handler callback {show(context['exception'])}")

    def room(self):
        """Whether one more instance may be made, which then counts."""
        if self.created >= MOST_INSTANCES:
            return False
        self.created += 1
        return True

    def item(self, number):
        """What an operation is given: a slot's future, or a new coroutine: of body -1 - number, or the library's."""
        if number >= 0:
            return self.slots[number]
        if not self.room():
            return None
        if number <= oracle_locks.FIRST_PRIMITIVE:
            return self.things.primitive(oracle_locks.FIRST_PRIMITIVE - number)
        return self.body(-1 - number)

    def body(self, index):
        return body(Instance(self), index)

    async def block(self, me, ops):
        return await block(me, ops)

    def items(self, op):
        return [item for item in map(self.item, op["items"]) if item is not None]

    def end(self):
        for index, future in enumerate(self.made):
            kind = "task" if isinstance(future, asyncio.Task) else "future"
            cancelling = f" cancelling {future.cancelling()}" if kind == "task" else ""
            self.trace(f"end f{index} {kind} {state(future)}{cancelling}")


class Callback:
    def __init__(self, run, index):
        self.run = run
        self.index = index
        self.me = Instance(run)
        self.me.name = f"c{index}"

    def __call__(self, *futures):
        self.run.trace(" ".join([self.me.name, "runs"] + [self.run.label(future) for future in futures]))
        for op in self.run.program["callbacks"][self.index]:
            if self.run.dead:
                return
            SYNCHRONOUS[op["op"]](self.me, op)


async def body(me, index):
    run = me.run
    if run.dead:
        return None
    run.started += 1
    me.name = f"b{index}.{run.started}"
    run.trace(f"{me.name} starts")
    try:
        returned = await block(me, run.program["bodies"][index])
    except BaseException as failure:
        run.trace(f"{me.name} raises {show(failure)}")
        raise
    value = returned[0] if returned else None
    run.trace(f"{me.name} returns {value}")
    return value


async def block(me, ops):
    """None, or the value of a return in a list."""
    for op in ops:
        if me.run.dead:
            return None
        if op["op"] in SUSPENDING:
            returned = await SUSPENDING[op["op"]](me, op)
        else:
            returned = SYNCHRONOUS[op["op"]](me, op)
        if returned:
            return returned
    return None


# ---- Operations that may suspend


async def sleep(me, op):
    await outcome(me, op, asyncio.sleep(op["number"]))


async def await_slot(me, op):
    future = me.run.slots[op["slot"]]
    if future is None:
        return me.event(op, "empty")
    await outcome(me, op, future)


async def call(me, op):
    coroutine = me.run.item(op["items"][0])
    if coroutine is None:
        return me.event(op, "full")
    await outcome(me, op, coroutine)


async def gather(me, op):
    await outcome(me, op, asyncio.gather(*me.run.items(op), return_exceptions=bool(op["flag"])))


async def wait(me, op):
    run = me.run
    futures = run.items(op)
    timeout = None if op["number"] == math.inf else op["number"]
    try:
        done, _ = await asyncio.wait(futures, timeout=timeout, return_when=WHEN[op["flag"]])
    except BaseException as failure:
        me.event(op, show(failure))
        for future in futures:
            if asyncio.iscoroutine(future):
                future.close()
        raise
    words = [f"{run.label(future)}={'done' if future in done else 'pending'}" for future in futures]
    me.event(op, "ok " + ",".join(words))


async def wait_for(me, op):
    awaitable = me.run.item(op["items"][0])
    if awaitable is None:
        return me.event(op, "empty")
    timeout = None if op["number"] == math.inf else op["number"]
    await outcome(me, op, asyncio.wait_for(awaitable, timeout))


async def shield(me, op):
    awaitable = me.run.item(op["items"][0])
    if awaitable is None:
        return me.event(op, "empty")
    await outcome(me, op, asyncio.shield(awaitable))


# ---- Blocks


async def try_finally(me, op):
    returned = failure = None
    try:
        returned = await block(me, op["blocks"][0])
    except BaseException as raised:
        failure = raised
    overruled = await block(me, op["blocks"][1])
    if failure and not overruled:
        raise failure
    return overruled or returned


async def try_except(me, op):
    try:
        return await block(me, op["blocks"][0])
    except CATCHES[op["flag"]] as failure:
        if me.run.dead:
            raise
        me.event(op, f"caught {show(failure)}")
        me.handling.append(failure)
        try:
            return await block(me, op["blocks"][1])
        finally:
            me.handling.pop()


async def repeat(me, op):
    for _ in range(int(op["number"])):
        returned = await block(me, op["blocks"][0])
        if returned:
            return returned


# ---- Operations that never suspend: in coroutines and in callbacks


def spawn(me, op):
    run = me.run
    coroutine = run.item(op["items"][0])
    if coroutine is None:
        return me.event(op, "full")
    run.slots[op["slot"]] = run.loop.create_task(coroutine)
    me.event(op, run.label(run.slots[op["slot"]]))


def make_gather(me, op):
    run = me.run
    run.slots[op["slot"]] = asyncio.gather(*run.items(op), return_exceptions=bool(op["flag"]))
    me.event(op, run.label(run.slots[op["slot"]]))


def make_shield(me, op):
    run = me.run
    awaitable = run.item(op["items"][0])
    if awaitable is None:
        return me.event(op, "empty")
    run.slots[op["slot"]] = asyncio.shield(awaitable)
    me.event(op, run.label(run.slots[op["slot"]]))


def future(me, op):
    run = me.run
    run.slots[op["slot"]] = run.loop.create_future()
    me.event(op, run.label(run.slots[op["slot"]]))


def with_slot(function):
    def operation(me, op):
        subject = me.run.slots[op["slot"]]
        me.event(op, "empty" if subject is None else function(me, op, subject))

    return operation


def set_result(me, op, subject):
    return refused(subject.set_result, int(op["number"]))


def set_exception(me, op, subject):
    return refused(subject.set_exception, error(op))


def cancel(me, op, subject):
    return str(subject.cancel(op["text"]))


def cancelling(me, op, subject):
    return str(subject.cancelling())


def uncancel(me, op, subject):
    return str(subject.uncancel())


def look(me, op, subject):
    try:
        value = subject.result()
    except BaseException as failure:
        return f"{subject.done()} {subject.cancelled()} {show(failure)}"
    return f"{subject.done()} {subject.cancelled()} {show(value)}"


def add_callback(me, op, subject):
    subject.add_done_callback(me.run.callbacks[op["items"][0]])
    return "ok"


def remove_callback(me, op, subject):
    return str(subject.remove_done_callback(me.run.callbacks[op["items"][0]]))


def cancel_self(me, op):
    me.event(op, str(asyncio.current_task().cancel(op["text"])))


def uncancel_self(me, op):
    me.event(op, str(asyncio.current_task().uncancel()))


def cancelling_self(me, op):
    me.event(op, str(asyncio.current_task().cancelling()))


def count_tasks(me, op):
    me.event(op, str(len(asyncio.all_tasks())))


def call_soon(me, op):
    run = me.run
    run.handles[op["slot"]] = run.loop.call_soon(run.callbacks[op["items"][0]])
    me.event(op, "ok")


def call_later(me, op):
    run = me.run
    handle = run.loop.call_later(op["number"], run.callbacks[op["items"][0]])
    run.handles[op["slot"]] = handle
    me.event(op, f"ok {handle.when():g}")


def cancel_handle(me, op):
    handle = me.run.handles[op["slot"]]
    if handle is None:
        return me.event(op, "empty")
    before = handle.cancelled()
    handle.cancel()
    me.event(op, f"{before} {handle.cancelled()}")


def raise_error(me, op):
    me.event(op, show(error(op)))
    raise error(op)


def reraise(me, op):
    me.event(op, show(me.handling[-1]))
    raise me.handling[-1]


def return_value(me, op):
    me.event(op, str(int(op["number"])))
    return [int(op["number"])]


SUSPENDING = {
    "sleep": sleep,
    "await": await_slot,
    "call": call,
    "gather": gather,
    "wait": wait,
    "wait_for": wait_for,
    "shield": shield,
    "try_finally": try_finally,
    "try_except": try_except,
    "repeat": repeat,
    **oracle_locks.SUSPENDING,
    **oracle_scopes.SUSPENDING,
    **oracle_generators.SUSPENDING,
}
SYNCHRONOUS = {
    "spawn": spawn,
    "make_gather": make_gather,
    "make_shield": make_shield,
    "future": future,
    "set_result": with_slot(set_result),
    "set_exception": with_slot(set_exception),
    "cancel": with_slot(cancel),
    "cancelling": with_slot(cancelling),
    "uncancel": with_slot(uncancel),
    "look": with_slot(look),
    "add_callback": with_slot(add_callback),
    "remove_callback": with_slot(remove_callback),
    "cancel_self": cancel_self,
    "uncancel_self": uncancel_self,
    "cancelling_self": cancelling_self,
    "count_tasks": count_tasks,
    "call_soon": call_soon,
    "call_later": call_later,
    "cancel_handle": cancel_handle,
    "raise": raise_error,
    "reraise": reraise,
    "return": return_value,
    **oracle_locks.SYNCHRONOUS,
    **oracle_scopes.SYNCHRONOUS,
    **oracle_generators.SYNCHRONOUS,
}
