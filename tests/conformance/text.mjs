// SPDX-License-Identifier: MIT
// Programs as words, for the drivers in C (c/program.c reads them).
const list = (items, write) => [items.length, ...items.flatMap(write)];
const block = (ops) => list(ops, operation);
const operation = (op) => [
  op.id,
  op.op,
  op.slot,
  op.flag,
  op.form,
  op.number,
  op.text ?? '-',
  ...list(op.items, (item) => [item]),
  ...list(op.blocks, block),
];

const program = ({ index, slots, handles, sizes, runs, bodies, callbacks }) =>
  [
    ...[index, slots, handles, ...sizes],
    ...list(runs, (one) => [one]),
    ...list(bodies, block),
    ...list(callbacks, block),
  ].join(' ');

export const textOf = (programs) => programs.map((one) => `${program(one)}\n`).join('');
