// SPDX-License-Identifier: MIT
// How JavaScript's drivers write values and errors: as Python shows them.
import { ExceptionGroup } from '../../build/api/index.js';

const DEEPEST_LIST = 3;

export class ApplicationError extends Error {}

const list = (items, depth) => `[${depth ? items.map((item) => show(item, depth - 1)).join(',') : '...'}]`;

function showError(error, depth) {
  const name = error instanceof ApplicationError ? 'ApplicationError' : error.name;
  const parts = error instanceof ExceptionGroup ? list(error.errors, depth) : '';
  return `${name}(${error.message})${parts}`;
}

export function show(value, depth = DEEPEST_LIST) {
  if (value === undefined || value === null) return 'None';
  if (value?.constructor === Array) return list(value, depth);
  if (value instanceof Error) return showError(value, depth);
  return typeof value === 'boolean' ? boolean(value) : String(value);
}

export const boolean = (value) => (value ? 'True' : 'False');

// What comes of a call that may throw.
export function refused(call) {
  try {
    call();
    return 'ok';
  } catch (failure) {
    return show(failure);
  }
}
