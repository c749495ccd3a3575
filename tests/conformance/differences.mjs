// SPDX-License-Identifier: MIT
// Where the trace of a surface may differ from CPython's, by name and with the reason. A `wording` is compared after
// both sides' words were replaced by `to`; nothing else of the line is touched. An `excuse` ends the comparison of a
// program at its first different line. All other lines must be equal, in order.
import { blocksOf, walk } from './generate.mjs';

const words = (name, theirs, ours, to, reason) => ({ name, theirs, ours, to, reason });

export const WORDINGS = [
  words(
    'time limit',
    /TimeoutError\(\)/g,
    /TimeoutError\(The time limit was reached\)/g,
    'TimeoutError(<limit>)',
    "CPython's timeouts have no words; ours have a sentence",
  ),
  words(
    'invalid state',
    /InvalidStateError\((?:[^()]|\([^()]*\))*\)/g,
    /InvalidStateError\([^()]*\)/g,
    'InvalidStateError(<state>)',
    "CPython shows the future's repr; ours say which state it is in",
  ),
  words(
    'sleep of NaN',
    /ValueError\(Invalid delay: NaN \(not a number\)\)/g,
    /ValueError\(Expected \[delay\] to be a number, got NaN\)/g,
    'ValueError(<NaN>)',
    'errors about arguments name the argument and its value',
  ),
  words(
    'wait for coroutines',
    /TypeError\(Passing coroutines is forbidden, use tasks explicitly\.\)/g,
    /TypeError\(Expected \[futures\] to be futures or tasks, got (?:a coroutine at \d+: make it a task first|function \S+ at \d+)\)/g,
    'TypeError(<coroutine>)',
    'errors about arguments name the argument and its value',
  ),
  words(
    'queue',
    /Queue(Empty|Full|ShutDown)\(\)/g,
    /Queue(Empty|Full|ShutDown)\(The queue (?:is empty|is full: it holds \d+ items|was shut down)\)/g,
    'Queue$1(<queue>)',
    "CPython's have no words; ours have a sentence",
  ),
  words(
    'finished group',
    /TaskGroup <TaskGroup (?:entered|cancelling)> is finished/g,
    /TaskGroup <TaskGroup(?: entered| cancelling)?> is finished/g,
    'TaskGroup <state> is finished',
    'a group that has ended is let go, and knows no more than that',
  ),
  words(
    'context variable',
    /LookupError\(<ContextVar name='(\w+)' at 0x[0-9a-f]+>\)/g,
    /LookupError\([^()]*'(\w+)'[^()]*\)/g,
    'LookupError(<$1>)',
    "CPython shows the variable's repr; ours are sentences",
  ),
  words(
    'token',
    /(ValueError|RuntimeError)\(<Token .*> (was created|has already)[^()]*\)/g,
    /(ValueError|RuntimeError)\((?:Expected \[token\]|The token) [^()]*\)/g,
    '$1(<token>)',
    "CPython shows the token's repr; ours are sentences",
  ),
];

const GATHERS = ['gather', 'make_gather', 'shutdown_asyncgens'];
const CANCELLED = /CancelledError\(\w*\)/g; // one that is gathered twice stands in a line twice

// [excused] is asked about the first line that differs, the oracle's and ours.
export const EXCUSES = [
  {
    name: 'words of a cancelled gather',
    reason:
      'CPython takes them from the last argument (its loop variable), also when that ended well or before; ' +
      'ours are those of the latest request',
    excused: (theirs = '', ours = '', program) =>
      /CancelledError\(/.test(theirs) &&
      theirs.replace(CANCELLED, '') === ours.replace(CANCELLED, '') &&
      hasOperation(program, ({ op }) => GATHERS.includes(op)),
  },
  {
    name: 'after the last task of a runner',
    reason:
      "CPython's runner goes on for some iterations when the tasks that were left have ended, for its asynchronous " +
      'generators and its threads; how far callbacks and tasks that came later get in them is up to their number',
    excused: (theirs, ours, program, traces) => program.runs.length > 0 && traces.every(nobodyIsLeft),
  },
  {
    name: 'the task that closes a runner',
    reason: 'our runner waits for the tasks that are left in a task of its own, which all_tasks() counts meanwhile',
    excused: (theirs = '', ours = '', program) =>
      program.runs.length > 0 && ours === theirs.replace(/(?<= count_tasks )\d+$/, (count) => Number(count) + 1),
  },
];

// Whether the runner is being closed, and all that had begun then has ended before line [at] of the trace.
function nobodyIsLeft({ lines, at }) {
  const closing = lines.findIndex((line) => line.endsWith(' runner closes'));
  if (closing < 0 || closing > at) return false;
  const named = (until, pattern) => lines.slice(0, until).flatMap((line) => line.match(pattern)?.[1] ?? []);
  const ended = new Set(named(at, / (b\S+) (?:raises|returns) /));
  return named(closing, / (b\S+) starts$/).every((name) => ended.has(name));
}

export const reworded = (line, side) =>
  WORDINGS.reduce((text, wording) => text.replace(wording[side], wording.to), line);

function hasOperation(program, wanted) {
  let found = false;
  for (const ops of blocksOf(program)) walk(ops, (op) => (found ||= wanted(op)));
  return found;
}

const INEXCUSABLE = /^crashed: |^not run: |^\d+ allocations are left$/;

// The name of the excuse for a program's first difference, if there is one.
export function excuseOf(program, oracle, found, at) {
  if (found.some((line) => INEXCUSABLE.test(line))) return undefined;
  const traces = [oracle, found].map((lines) => ({ lines, at }));
  return EXCUSES.find(({ excused }) => excused(oracle[at], found[at], program, traces))?.name;
}

// The index of the first line that differs; -1 for none.
export function firstDifference(oracle, found) {
  const count = Math.max(oracle.length, found.length);
  for (let i = 0; i < count; i++) {
    if (oracle[i] === found[i]) continue;
    if (oracle[i] === undefined || found[i] === undefined) return i;
    if (reworded(oracle[i], 'theirs') !== reworded(found[i], 'ours')) return i;
  }
  return -1;
}
