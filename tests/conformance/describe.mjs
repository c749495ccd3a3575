// SPDX-License-Identifier: MIT
// How operations are described: see operations.mjs.
export const KINDS = ['ValueError', 'RuntimeError', 'TimeoutError', 'CancelledError', 'ApplicationError'];
export const CATCHES = [...KINDS, 'Exception', 'BaseException'];
export const WHEN = ['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION'];

export const WAITS = ['ok', 'error', 'cancelled', 'cleanup', 'timeout'];

export const suspends = (weight, make, outcomes, sources) => ({
  weight,
  where: 'coroutine',
  suspends: true,
  make,
  outcomes,
  ...sources,
});

export const anywhere = (weight, make, sources, outcomes = ['ok']) => ({
  weight,
  where: 'anywhere',
  make,
  outcomes,
  ...sources,
});

export const inCoroutine = (weight, make, sources, outcomes = ['ok']) => ({
  weight,
  where: 'coroutine',
  make,
  outcomes,
  ...sources,
});

export const block = (weight, make) => ({ ...inCoroutine(weight, make), block: true });

// The operations of a theme: those of [entries] are only in programs that have it.
export const themed = (theme, entries) =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, { ...entry, theme }]));

// An item that exists, or null for the whole operation.
export const given = (item, fields = {}) => (item === null ? null : { items: [item], ...fields });

export const thing = (kind) => (m) => ({ slot: m.thing(kind) });
