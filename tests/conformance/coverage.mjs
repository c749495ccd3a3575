// SPDX-License-Identifier: MIT
// Which operations ended how often in which way, read off the oracle's traces: a conformance run that never cancels a
// gather in cleanup says nothing about that.
import { blocksOf } from './generate.mjs';
import { OPERATIONS } from './operations.mjs';

const COLUMNS = ['ok', 'error', 'cancelled', 'cleanup', 'timeout'];
const TITLES = ['ok', 'error', 'cancelled', 'in cleanup', 'timed out'];
const WANTED = 50 / 10_000; // of each, for each program
const ROWS = Object.entries(OPERATIONS).filter(([, { block }]) => !block);

// Operations by their numbers; [cleanup]: inside a finally or an except block.
function index(program) {
  const found = new Map();
  const visit = (ops, cleanup) => {
    for (const op of ops) {
      found.set(op.id, { ...op, cleanup });
      op.blocks.forEach((block, place) => visit(block, cleanup || (place === 1 && op.op.startsWith('try_'))));
    }
  };
  for (const ops of blocksOf(program)) visit(ops, false);
  return found;
}

// A wait that ended because its time was up.
function waitTimedOut({ flag, number }, words) {
  if (number === Infinity || !words.includes('=pending')) return false;
  return flag === 0 || (flag === 1 && !words.includes('=done'));
}

function columnOf(op, words) {
  if (words === 'empty' || words === 'full') return undefined;
  if (op.op === 'look') return words.startsWith('True True') ? 'cancelled' : words.includes('(') ? 'error' : 'ok';
  if (words.startsWith('ok')) return op.op === 'wait' && waitTimedOut(op, words) ? 'timeout' : 'ok';
  if (!OPERATIONS[op.op].suspends) return /^\w+\(/.test(words) ? 'error' : 'ok';
  if (words.startsWith('CancelledError(')) return op.cleanup ? 'cleanup' : 'cancelled';
  return words.startsWith('TimeoutError()') ? 'timeout' : 'error';
}

export class Coverage {
  #counts = new Map(ROWS.map(([name]) => [name, Object.fromEntries(COLUMNS.map((column) => [column, 0]))]));
  programs = 0;

  add(program, trace) {
    const operations = index(program);
    this.programs++;
    for (const line of trace) {
      const [, id, words] = line.match(/^\S+ \S+ (\d+) \S+ (.*)$/) ?? [];
      const op = operations.get(Number(id));
      const column = op && this.#counts.has(op.op) && columnOf(op, words);
      if (column) this.#counts.get(op.op)[column]++;
    }
  }

  #cell(name, column) {
    const count = this.#counts.get(name)[column];
    if (!OPERATIONS[name].outcomes.includes(column)) return '-';
    return `${count < WANTED * this.programs ? '!' : ''}${count}`;
  }

  // The table as text, and how many of its cells are too small (marked with !).
  table() {
    const rows = ROWS.map(([name]) => [name, ...COLUMNS.map((column) => this.#cell(name, column))]);
    const lines = [['', ...TITLES], ...rows].map(([name, ...cells]) =>
      [name.padEnd(16), ...cells.map((cell) => cell.padStart(11))].join(''),
    );
    const few = rows.flat().filter((cell) => cell.startsWith('!')).length;
    const wanted = Math.ceil(WANTED * this.programs);
    return { text: [...lines, `! below ${wanted}: ${few} of the cells`].join('\n'), few };
  }
}
