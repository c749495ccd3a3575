# SPDX-License-Identifier: MIT
# Asynchronous generators: any body as one, and the operations on them. Python yields in the generator itself alone, so
# what yields is done here.
from oracle_common import CATCHES, Instance, error, outcome, show


async def handled(me, op, failure):
    """What a yield_try does with what it has caught."""
    me.event(op, f"caught {show(failure)}")
    me.handling.append(failure)
    try:
        return await me.run.block(me, op["blocks"][1])
    finally:
        me.handling.pop()


async def generated(me, index):
    run = me.run
    if run.dead:
        return
    run.started += 1
    me.name = f"g{index}.{run.started}"
    run.trace(f"{me.name} starts")
    try:
        for op in run.program["bodies"][index]:
            if run.dead:
                return
            returned = None
            if op["op"] not in ("yield", "yield_try"):
                returned = await run.block(me, [op])
            else:
                try:
                    try:
                        value = yield int(op["number"])
                    except BaseException as failure:
                        me.event(op, show(failure))
                        raise
                    me.event(op, f"ok {value}")
                    if op["blocks"]:
                        returned = await run.block(me, op["blocks"][0])
                except BaseException as failure:
                    if run.dead or not op["blocks"] or not isinstance(failure, CATCHES[op["flag"]]):
                        raise
                    returned = await handled(me, op, failure)
            if returned:
                break
    except BaseException as failure:
        run.trace(f"{me.name} raises {show(failure)}")
        raise
    run.trace(f"{me.name} returns None")


def generate(me, op):
    run = me.run
    if not run.room():
        return me.event(op, "full")
    generator = generated(Instance(run), -1 - op["items"][0])
    run.generators[op["slot"]] = generator
    run.kept.append(generator)
    me.event(op, "ok")


def asking(ask):
    async def operation(me, op):
        generator = me.run.generators[op["slot"]]
        if generator is None:
            return me.event(op, "empty")
        try:
            await outcome(me, op, ask(generator, op))
        except StopAsyncIteration:
            pass

    return operation


async def iterate(me, op):
    generator = me.run.generators[op["slot"]]
    if generator is None:
        return me.event(op, "empty")
    try:
        async for value in generator:
            me.event(op, f"gave {value}")
    except BaseException as failure:
        me.event(op, show(failure))
        raise
    me.event(op, "ok")


async def shutdown_asyncgens(me, op):
    await outcome(me, op, me.run.loop.shutdown_asyncgens())


def not_here(me, op):
    me.event(op, "not here")


SUSPENDING = {
    "anext": asking(lambda generator, op: anext(generator)),
    "asend": asking(lambda generator, op: generator.asend(int(op["number"]))),
    "athrow": asking(lambda generator, op: generator.athrow(error(op))),
    "aclose": asking(lambda generator, op: generator.aclose()),
    "iterate": iterate,
    "shutdown_asyncgens": shutdown_asyncgens,
}
SYNCHRONOUS = {"generate": generate, "yield": not_here, "yield_try": not_here}
