# SPDX-License-Identifier: MIT
# Locks, events, conditions, semaphores, barriers and queues: the operations, and the things themselves.
from oracle_common import outcome, refused, show
from oracle_loop import OrderedPriorityQueue, asyncio

FIRST_PRIMITIVE = -101
PUT_BY_PRIMITIVE = 7
PRIORITIES = 1  # the number of the queue that has them


class Things:
    def __init__(self, sizes):
        value, bound, *sizes = sizes
        self.locks = [asyncio.Lock(), asyncio.Lock()]
        self.events = [asyncio.Event(), asyncio.Event()]
        self.conditions = [asyncio.Condition(), asyncio.Condition(self.locks[0])]
        self.semaphores = [asyncio.Semaphore(value), asyncio.BoundedSemaphore(bound)]
        self.barriers = [asyncio.Barrier(sizes[0]), asyncio.Barrier(sizes[1])]
        kinds = [asyncio.Queue, OrderedPriorityQueue, asyncio.LifoQueue]
        self.queues = [kind(size) for kind, size in zip(kinds, sizes[2:])]

    def put(self, number, priority, value):
        return (priority, value) if number == PRIORITIES else value

    def primitive(self, code):
        """A coroutine of the library: operations_locks.mjs's PRIMITIVES."""
        kind, number = divmod(code, 10)
        return [
            lambda: self.locks[number].acquire(),
            lambda: self.events[number].wait(),
            lambda: self.conditions[number].wait(),
            lambda: self.semaphores[number].acquire(),
            lambda: self.barriers[number].wait(),
            lambda: self.queues[number].get(),
            lambda: self.queues[number].put(self.put(number, 0, PUT_BY_PRIMITIVE)),
            lambda: self.queues[number].join(),
            lambda: self.conditions[number].acquire(),
        ][kind]()


def waiting(things, method):
    async def operation(me, op):
        await outcome(me, op, getattr(getattr(me.run.things, things)[op["slot"]], method)())

    return operation


def calling(things, method, *fields):
    """A call that may be refused; its arguments are fields of the operation."""

    def operation(me, op):
        thing = getattr(me.run.things, things)[op["slot"]]
        me.event(op, refused(getattr(thing, method), *[int(op[field]) for field in fields]))

    return operation


def within(things):
    async def operation(me, op):
        thing = getattr(me.run.things, things)[op["slot"]]
        await outcome(me, op, thing.acquire())
        try:
            return await me.run.block(me, op["blocks"][0])
        finally:
            if not me.run.dead:
                left = refused(thing.release)
                me.event(op, f"left {left}")
                if left != "ok":
                    raise RuntimeError("It was released before")

    return operation


async def condition_wait_for(me, op):
    event = me.run.things.events[op["flag"]]

    def is_set():
        me.event(op, f"asks {event.is_set()}")
        return event.is_set()

    await outcome(me, op, me.run.things.conditions[op["slot"]].wait_for(is_set))


def event_toggle(me, op):
    event = me.run.things.events[op["slot"]]
    event.clear() if event.is_set() else event.set()
    me.event(op, f"ok {event.is_set()}")


async def queue_put(me, op):
    things = me.run.things
    item = things.put(op["slot"], int(op["flag"]), int(op["number"]))
    await outcome(me, op, things.queues[op["slot"]].put(item))


def put_nowait(me, op):
    things = me.run.things
    item = things.put(op["slot"], int(op["flag"]), int(op["number"]))
    me.event(op, refused(things.queues[op["slot"]].put_nowait, item))


def get_nowait(me, op):
    try:
        me.event(op, f"ok {me.run.things.queues[op['slot']].get_nowait()}")
    except Exception as failure:
        me.event(op, show(failure))


def look_things(me, op):
    things = me.run.things
    locks = "".join(str(int(lock.locked())) for lock in things.locks + things.conditions)
    events = "".join(str(int(event.is_set())) for event in things.events)
    semaphores = "".join(str(int(semaphore.locked())) for semaphore in things.semaphores)
    barriers = " ".join(f"{barrier.n_waiting}{int(barrier.broken)}" for barrier in things.barriers)
    queues = " ".join(f"{queue.qsize()}{int(queue.empty())}{int(queue.full())}" for queue in things.queues)
    me.event(op, f"locks {locks} events {events} semaphores {semaphores} barriers {barriers} queues {queues}")


SUSPENDING = {
    "lock_acquire": waiting("locks", "acquire"),
    "with_lock": within("locks"),
    "event_wait": waiting("events", "wait"),
    "condition_acquire": waiting("conditions", "acquire"),
    "with_condition": within("conditions"),
    "condition_wait": waiting("conditions", "wait"),
    "condition_wait_for": condition_wait_for,
    "semaphore_acquire": waiting("semaphores", "acquire"),
    "with_semaphore": within("semaphores"),
    "barrier_wait": waiting("barriers", "wait"),
    "barrier_reset": waiting("barriers", "reset"),
    "barrier_abort": waiting("barriers", "abort"),
    "queue_put": queue_put,
    "queue_get": waiting("queues", "get"),
    "queue_join": waiting("queues", "join"),
}
SYNCHRONOUS = {
    "lock_release": calling("locks", "release"),
    "event_set": calling("events", "set"),
    "event_clear": calling("events", "clear"),
    "event_toggle": event_toggle,
    "condition_release": calling("conditions", "release"),
    "condition_notify": calling("conditions", "notify", "number"),
    "condition_notify_all": calling("conditions", "notify_all"),
    "semaphore_release": calling("semaphores", "release"),
    "put_nowait": put_nowait,
    "get_nowait": get_nowait,
    "task_done": calling("queues", "task_done"),
    "queue_shutdown": calling("queues", "shutdown", "flag"),
    "look_things": look_things,
}
