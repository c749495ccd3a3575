// SPDX-License-Identifier: MIT
// Which operations ended how often in which way, read off the oracle's traces: a conformance run that never cancels a
// gather in cleanup says nothing about that.
import { blocksOf } from './generate.mjs';
import { OPERATIONS } from './operations.mjs';
import { primitiveOf } from './operations_locks.mjs';

const COLUMNS = ['ok', 'error', 'cancelled', 'cleanup', 'timeout'];
const TITLES = ['ok', 'error', 'cancelled', 'in cleanup', 'timed out'];
const WANTED = 50 / 10_000; // of each, for each program
const HAVE_LIMITS = new Set(['wait', 'wait_for', 'as_completed', 'timeout']);
const BY_FUTURES = 'as_completed, async'; // the iteration that gives futures themselves, however they ended

const ROWS = Object.entries(OPERATIONS)
  .filter(([, { block, suspends }]) => !block || suspends)
  .flatMap(([name]) => (name === 'as_completed' ? [name, BY_FUTURES] : [name]));

const rowOf = (op) => (op.op === 'as_completed' && op.flag ? BY_FUTURES : op.op);

/** The columns that a row's operation can reach. */
export const everyOutcome = (row) =>
  row === BY_FUTURES ? COLUMNS.filter((column) => column !== 'error') : OPERATIONS[row].outcomes;

// Operations by their numbers. [cleanup]: inside a finally or an except block; [limits]: the timeouts around it, by
// their numbers.
function index(program) {
  const found = new Map();
  const visit = (ops, cleanup, limits) => {
    for (const op of ops) {
      found.set(op.id, { ...op, cleanup, limits });
      const inside = op.op === 'timeout' ? [...limits, op.id] : limits;
      op.blocks.forEach((block, place) =>
        visit(block, cleanup || place === 1, inside),
      );
    }
  };
  for (const ops of blocksOf(program)) visit(ops, false, []);
  return found;
}

// A wait that ended because its time was up.
function waitTimedOut({ flag, number }, words) {
  if (number === Infinity || !words.includes('=pending')) return false;
  return flag === 0 || (flag === 1 && !words.includes('=done'));
}

// Of a look at a future, and of what never suspends.
function plainColumn(op, words) {
  if (op.op === 'look' && words.startsWith('True True')) return 'cancelled';
  if (!OPERATIONS[op.op].outcomes.includes('error')) return 'ok';
  return /^\w+\(/.test(op.op === 'look' ? words.replace(/^\w+ \w+ /, '') : words) ? 'error' : 'ok';
}

function columnOf(op, line) {
  if (line === 'empty' || line === 'full' || line.startsWith('asks ')) return undefined;
  if (!OPERATIONS[op.op].suspends) return plainColumn(op, line);
  const words = line.replace(/^gave /, '');
  if (words.startsWith('CancelledError(')) return op.cleanup ? 'cleanup' : 'cancelled';
  if (words.startsWith('TimeoutError()')) return 'timeout';
  if (/^\w+\(/.test(words)) return 'error';
  return op.op === 'wait' && waitTimedOut(op, words) ? 'timeout' : 'ok';
}

// Of the programs that a surface gets, which are of so many [families]; [outcomes] gives the columns that a
// row can reach there, none for one that is not there.
export class Coverage {
  #families;
  #outcomes;
  #counts = new Map(ROWS.map((row) => [row, Object.fromEntries(COLUMNS.map((column) => [column, 0]))]));
  programs = 0;

  constructor(families = 1, outcomes = everyOutcome) {
    this.#families = families;
    this.#outcomes = outcomes;
  }

  add(program, trace) {
    const operations = index(program);
    const cancelled = new Map(); // within limits, by who and the limit's number
    this.programs++;
    for (const line of trace) {
      const [, who, id, words] = line.match(/^\S+ (\S+) (\d+) \S+ (.*)$/) ?? [];
      const op = operations.get(Number(id));
      const column = op && columnOf(op, words);
      if (!column) continue;
      this.#count(rowOf(op), column);
      if (column.startsWith('c'))
        for (const limit of op.limits) cancelled.set(`${who} ${limit} ${op.id}`, op.op);
      if (column === 'timeout') this.#timedOut(op, who, cancelled);
    }
  }

  #count(name, column) {
    if (this.#counts.has(name)) this.#counts.get(name)[column]++;
  }

  // What has no time limit of its own is timed out by wait_for and by timeout.
  #timedOut(op, who, cancelled) {
    if (op.op === 'wait_for' && primitiveOf(op.items[0])) this.#count(primitiveOf(op.items[0]).op, 'timeout');
    if (op.op !== 'timeout') return;
    for (const [key, name] of cancelled) {
      if (!key.startsWith(`${who} ${op.id} `)) continue;
      if (!HAVE_LIMITS.has(name)) this.#count(name, 'timeout');
      cancelled.delete(key);
    }
  }

  get #wanted() {
    return Math.ceil((WANTED * this.programs) / this.#families);
  }

  #cell(row, column) {
    const count = this.#counts.get(row)[column];
    if (!this.#outcomes(row).includes(column)) return '-';
    return `${count < this.#wanted ? '!' : ''}${count}`;
  }

  // The table as text, and how many of its cells are too small (marked with !).
  table() {
    const there = ROWS.filter((row) => this.#outcomes(row).length > 0);
    const rows = there.map((row) => [row, ...COLUMNS.map((column) => this.#cell(row, column))]);
    const lines = [['', ...TITLES], ...rows].map(([name, ...cells]) =>
      [name.padEnd(21), ...cells.map((cell) => cell.padStart(11))].join(''),
    );
    const few = rows.flat().filter((cell) => cell.startsWith('!')).length;
    return { text: [...lines, `! below ${this.#wanted}: ${few} of the cells`].join('\n'), few };
  }
}
