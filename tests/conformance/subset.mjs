// SPDX-License-Identifier: MIT
// Programs for surfaces that do not know all operations: what is not known is left out; of a block its first part
// stays.
import { numbered } from './generate.mjs';
import { OPERATIONS } from './operations.mjs';
import { primitiveOf } from './operations_locks.mjs';

// What is no operation, but how one is written, or the whole program run.
const WAYS = ['async_iteration', 'runner'];

// The names of the operations that are not among [known], and of those.
export const unknownOf = (known) => [...Object.keys(OPERATIONS), ...WAYS].filter((name) => !known.has(name));

// Of an operation that is known, without what is not; none when it has nothing left to work on.
function narrowed(op, unknown) {
  const items = op.items.filter((item) => !unknown.has(primitiveOf(item)?.op));
  if (items.length === 0 && op.items.length > 0) return [];
  const flag = op.op === 'as_completed' && unknown.has('async_iteration') ? 0 : op.flag;
  return [{ ...op, items, flag, blocks: op.blocks.map((ops) => within(ops, unknown)) }];
}

const within = (ops, unknown) =>
  ops.flatMap((op) => (unknown.has(op.op) ? within(op.blocks[0] ?? [], unknown) : narrowed(op, unknown)));

// [program] without the operations of these names.
export function without(program, names) {
  const unknown = new Set(names);
  const all = (lists) => lists.map((ops) => within(ops, unknown));
  const runs = unknown.has('runner') ? [] : program.runs;
  return numbered({ ...program, runs, bodies: all(program.bodies), callbacks: all(program.callbacks) });
}
