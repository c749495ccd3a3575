# SPDX-License-Identifier: MIT
# CPython's asyncio, made comparable: its Python half without the accelerator, on a loop whose clock jumps to the next
# timer. What is left to chance there is put in order here (sets, equal deadlines), and the one wish of ours that
# differs is patched in: every awaiter of a cancelled task gets the words of the cancellation, not just the first.
import heapq
import sys

for name in [name for name in sys.modules if name.split(".")[0] == "asyncio"]:
    del sys.modules[name]
sys.modules["_asyncio"] = None  # the import below then falls back to the Python half, which can be patched

import asyncio
from asyncio import base_events, events, futures, queues, runners, taskgroups, tasks


class OrderedSet(dict):
    """The few operations of a set that asyncio uses, in the order of adding."""

    def __init__(self, items=()):
        super().__init__((item, None) for item in items)

    def add(self, item):
        self[item] = None

    def discard(self, item):
        self.pop(item, None)

    def remove(self, item):
        del self[item]


for module in (tasks, taskgroups, runners):
    module.set = OrderedSet


class FifoTimer(events.TimerHandle):
    __slots__ = ["_sequence"]
    made = 0

    def __init__(self, *arguments):
        super().__init__(*arguments)
        FifoTimer.made += 1
        self._sequence = FifoTimer.made

    def __lt__(self, other):
        return (self._when, self._sequence) < (other._when, other._sequence)

    def __hash__(self):
        return id(self)


events.TimerHandle = FifoTimer


def make_cancelled_error(self):
    message = self._cancel_message
    return asyncio.CancelledError() if message is None else asyncio.CancelledError(message)


def keep_words(cancel):
    def keeping(self, msg=None):
        ended = getattr(self, "_cancelled_exc", None)  # a task that ends cancelled has set it just before
        if msg is None and ended is not None and ended.args:
            msg = ended.args[0]
        return cancel(self, msg)

    return keeping


futures.Future._make_cancelled_error = make_cancelled_error
futures.Future.cancel = keep_words(futures.Future.cancel)


def all_tasks_in_order(loop):
    return sorted(asyncio.all_tasks(loop), key=lambda task: int(task.get_name().split("-")[1]))


runners.tasks.all_tasks = all_tasks_in_order
runners.signal.getsignal = lambda number: None  # and no handler of its own


class OrderedPriorityQueue(queues.PriorityQueue):
    """Items are (priority, value); equal priorities in the order of putting."""

    put_before = 0

    def _put(self, item):
        self.put_before += 1
        priority, value = item
        super()._put((priority, self.put_before, value))

    def _get(self):
        return super()._get()[2]


def watch_in_order(self, awaitables, timeout):
    """_AsCompletedIterator's beginning, without its sets."""
    loop = events.get_running_loop()
    self._done = queues.Queue()
    self._timeout_handle = None
    self._todo = OrderedSet(tasks.ensure_future(one, loop=loop) for one in OrderedSet(awaitables))
    for future in self._todo:
        future.add_done_callback(self._handle_completion)
    if self._todo and timeout is not None:
        self._timeout_handle = loop.call_later(timeout, self._handle_timeout)
    self._todo_left = len(self._todo)


tasks._AsCompletedIterator.__init__ = watch_in_order


class Selector:
    """Waits for nothing but the clock."""

    def __init__(self, loop):
        self.loop = loop

    def select(self, timeout):
        if timeout is None:
            raise RuntimeError("The program can never continue")
        if timeout > 0:
            self.loop.now = max(self.loop.now, self.loop._scheduled[0]._when)
        return []


class Closing:
    """A generator whose aclose() is a coroutine like any other: cancelled before it begins, it never does."""

    def __init__(self, generator):
        self.generator = generator

    async def aclose(self):
        await self.generator.aclose()


class VirtualLoop(base_events.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self.now = 0.0
        self._clock_resolution = 1e-9
        self._selector = Selector(self)
        self._asyncgens = OrderedSet()

    async def shutdown_asyncgens(self):
        """Those that have ended are gone, as if nobody referred to them."""
        self._asyncgens = OrderedSet(Closing(one) for one in self._asyncgens if one.ag_frame is not None)
        await super().shutdown_asyncgens()

    def time(self):
        return self.now

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        pass
