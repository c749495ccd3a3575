# SPDX-License-Identifier: MIT
# The oracle's way in: runs programs, on a loop alone or by a Runner, and gives their traces.
import gc
import json
import sys
import warnings

from oracle import Run, show
from oracle_loop import asyncio

END = 1000.0  # seconds after which a program is stopped

warnings.simplefilter("ignore")
sys.unraisablehook = lambda _: None  # what a program still waits for when it is stopped is thrown away


def finish(run):
    if not run.dead:
        run.end()
    run.dead = True


def run_loop(run):
    """Body 0 as a task, until the last moment."""
    run.slots[0] = run.loop.create_task(run.body(0))
    run.label(run.slots[0])
    run.loop.call_at(END, run.loop.stop)
    run.loop.run_forever()


def run_once(run, runner, index):
    last = run.loop.call_later(END, run.loop.stop)
    try:
        result = show(runner.run(run.body(index)))
    except BaseException as failure:
        result = show(failure)
    last.cancel()
    run.trace(f"runner ran b{index} {result}")


def give_up(run):
    """What resists its cancellation for too long."""
    finish(run)
    run.loop.stop()


def run_runner(run):
    """Some bodies one after another; then the runner is closed."""
    runner = asyncio.Runner(loop_factory=lambda: run.loop)
    for index in run.program["runs"]:
        run_once(run, runner, index)
    run.loop.call_later(END, give_up, run)
    run.trace("runner closes")
    try:
        runner.close()
    except RuntimeError:
        pass  # it gave up


def run_program(program):
    run = Run(program)
    (run_runner if program["runs"] else run_loop)(run)
    finish(run)
    run.loop.close()
    for future in run.made:
        future._log_destroy_pending = False
    return "\n".join(run.lines)


def reals(pairs):
    """JSON has no words for these two."""
    record = dict(pairs)
    if record.get("number") in ("NaN", "Infinity"):
        record["number"] = float(record["number"])
    return record


def run_programs(text):
    gc.disable()
    traces = [run_program(program) for program in json.loads(text, object_pairs_hook=reals)]
    gc.collect()
    gc.enable()
    return json.dumps(traces)
