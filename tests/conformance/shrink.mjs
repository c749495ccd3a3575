// SPDX-License-Identifier: MIT
// Makes a program that differs smaller while it still differs: whole stretches of operations are taken out first,
// then single ones, then blocks are replaced by what is in them, then the fields are made plain. Programs whose steps
// are the engine's (byHost) keep their sleeps and times: what else keeps things apart in them is nobody's to promise.
import { blocksOf, numbered, walk } from './generate.mjs';

const MOST_ROUNDS = 200;
const clone = (program) => structuredClone(program);

function idsOf(program) {
  const ids = [];
  for (const ops of blocksOf(program))
    walk(ops, ({ id, op }) => (program.byHost && op === 'sleep' ? undefined : ids.push(id)));
  return ids;
}

// Replaces each operation by what [change] gives for it, a list.
function rewrite(program, change) {
  const inside = (ops) => ops.flatMap((op) => change({ ...op, blocks: op.blocks.map(inside) }));
  const copy = clone(program);
  return { ...copy, bodies: copy.bodies.map(inside), callbacks: copy.callbacks.map(inside) };
}

const without = (program, ids) => rewrite(program, (op) => (ids.has(op.id) ? [] : [op]));

function* stretches(program) {
  const ids = idsOf(program);
  for (let size = ids.length >> 1; size >= 1; size >>= 1)
    for (let from = 0; from < ids.length; from += size) yield without(program, new Set(ids.slice(from, from + size)));
}

function* hoisted(program) {
  for (const id of idsOf(program))
    for (const place of [0, 1]) {
      let changed = false;
      const candidate = rewrite(program, (op) => {
        if (op.id !== id || !op.blocks[place]) return [op];
        changed = true;
        return op.blocks[place];
      });
      if (changed) yield candidate;
    }
}

// Fields as plain as they can be.
function plainer(op, keepsTimes) {
  const found = [];
  if (!keepsTimes && op.number !== 0 && op.number !== 1) found.push({ number: 1 }, { number: 0 });
  if (!keepsTimes && op.number === 1) found.push({ number: 0 });
  if (op.text !== null && op.op.startsWith('cancel')) found.push({ text: null });
  if (op.flag !== 0) found.push({ flag: 0 });
  if (op.form !== 0) found.push({ form: 0 });
  if (op.items.length > 1)
    op.items.forEach((_, index) => found.push({ items: op.items.filter((__, other) => other !== index) }));
  return op.op === 'repeat' ? found.filter(({ number }) => number !== 0) : found;
}

function* plain(program) {
  const all = [];
  for (const ops of blocksOf(program)) walk(ops, (op) => all.push(op));
  for (const { id, ...op } of all)
    for (const fields of plainer(op, program.byHost)) yield rewrite(program, (one) => [one.id === id ? { ...one, ...fields } : one]);
}

function* candidates(program) {
  yield* stretches(program);
  yield* hoisted(program);
  yield* plain(program);
}

// [differ] tells of a list of programs which of them still differ.
export async function shrink(program, differ) {
  let smallest = numbered(clone(program));
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const all = [...candidates(smallest)].map((one, index) => numbered({ ...one, index }));
    const verdicts = await differ(all);
    const found = verdicts.indexOf(true);
    if (found < 0) return smallest;
    smallest = all[found];
  }
  return smallest;
}
