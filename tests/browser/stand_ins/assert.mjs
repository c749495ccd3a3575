// SPDX-License-Identifier: MIT
// Stands in for node:assert/strict in a page: the part of it that our tests use, as strict.
class AssertionError extends Error {
  name = 'AssertionError';
}

function show(value) {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Set || value instanceof Map) return `${value.constructor.name} ${show([...value])}`;
  if (typeof value !== 'object' || value === null || value instanceof Error) return String(value);
  try {
    return JSON.stringify(value, (key, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner)).slice(0, 2000);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function fail(words, message) {
  throw message instanceof Error ? message : new AssertionError(message ?? words);
}

const bytes = (view) => new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);

function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

// Each of [a] has one like it in [b].
function sameMembers(a, b) {
  const left = [...b];
  const found = (member) => {
    const index = left.findIndex((other) => same(member, other));
    return index >= 0 && left.splice(index, 1);
  };
  return a.size === b.size && [...a].every(found);
}

function sameProperties(a, b) {
  const keys = Reflect.ownKeys(a).filter((key) => Object.prototype.propertyIsEnumerable.call(a, key));
  const others = Reflect.ownKeys(b).filter((key) => Object.prototype.propertyIsEnumerable.call(b, key));
  return keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Set || a instanceof Map) return sameMembers(a, b);
  if (ArrayBuffer.isView(a) || a instanceof ArrayBuffer) return sameBytes(bytes(a), bytes(b));
  if (a instanceof Error && (a.name !== b.name || a.message !== b.message)) return false;
  if (a instanceof Date && a.getTime() !== b.getTime()) return false;
  if (Array.isArray(a) && a.length !== b.length) return false;
  return sameProperties(a, b);
}

const assert = {
  fail: (message) => fail('Failed', message),
  ok: (value, message) => value || fail(`Expected a true value, got ${show(value)}`, message),
  equal: (found, expected, message) =>
    Object.is(found, expected) || fail(`Expected ${show(expected)}, got ${show(found)}`, message),
  notEqual: (found, other, message) => !Object.is(found, other) || fail(`Expected another than ${show(other)}`, message),
  deepEqual: (found, expected, message) =>
    same(found, expected) || fail(`Expected\n  ${show(expected)}, got\n  ${show(found)}`, message),
  match: (text, pattern, message) => pattern.test(text) || fail(`Expected ${pattern}, got ${show(text)}`, message),

  throws(call, pattern) {
    let words;
    try {
      call();
    } catch (error) {
      words = String(error);
    }
    assert.match(words ?? 'no exception', pattern);
  },
};

export default assert;
