// SPDX-License-Identifier: MIT
// The types of a C program's exports: what JavaScript gives for each is checked when the export is called, and written
// to where C reads it when the coroutine is made. Both know a type by its number in <asyncio/export.h>.
import type { Core } from './core.js';
import { TypeError, ValueError, show } from './errors.js';
import type { Glue } from './program.js';

/** A parameter of an export. */
export interface Parameter {
  name: string;
  /** Its type as the program spells it. */
  words: string;
  /** How the errors about it begin. */
  expected: string;
  type: Type;
  offset: number;
}

/** One type. */
export interface Type {
  /** What TypeScript calls it, as a parameter and as a result. */
  parameter: string;
  result: string;
  /** A value for it, checked and copied; `expected` begins the error of one that does not fit. */
  take(value: unknown, expected: string, words: string): unknown;
  /** Writes what was taken to `address`; bytes of it are at `bytes`. */
  put(core: Core, address: number, taken: any, bytes: number): void;
  /** How many bytes it has besides. */
  size?(taken: any): number;
}

const encoder = /* @__PURE__ */ new TextEncoder();
const ALIGNMENT = 8;

const article = (words: string) => (/^(int|unsigned)/.test(words) ? 'an' : 'a');

function takeNumber(value: unknown, expected: string): number {
  if (typeof value !== 'number') throw new TypeError(`${expected} to be a number, got ${show(value)}`);
  return value;
}

const numbers = (put: Type['put'], take: Type['take'] = takeNumber): Type => ({
  parameter: 'number',
  result: 'number',
  take,
  put,
});

function integers(bits: number, signed: boolean, put: Type['put']): Type {
  const least = signed ? -(2 ** (bits - 1)) : 0;
  const most = 2 ** (signed ? bits - 1 : bits) - 1;
  return numbers(put, (value, expected, words) => {
    const number = takeNumber(value, expected);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new ValueError(`${expected} to be ${article(words)} ${words} between ${least} and ${most}, got ${number}`);
  });
}

function bigints(signed: boolean, put: Type['put']): Type {
  const least = signed ? -(2n ** 63n) : 0n;
  const most = 2n ** (signed ? 63n : 64n) - 1n;
  const take: Type['take'] = (value, expected, words) => {
    if (typeof value !== 'bigint') throw new TypeError(`${expected} to be a bigint, got ${show(value)}`);
    if (value >= least && value <= most) return value;
    throw new ValueError(`${expected} to be ${article(words)} ${words} between ${least} and ${most}, got ${value}`);
  };
  return { parameter: 'bigint', result: 'bigint', take, put };
}

function takeText(value: unknown, expected: string): Uint8Array {
  if (typeof value !== 'string') throw new TypeError(`${expected} to be a string, got ${show(value)}`);
  const nul = value.indexOf('\0');
  if (nul < 0) return encoder.encode(value);
  throw new ValueError(`${expected} to be a string without NUL characters, got one at ${nul}`);
}

const isBuffer = (value: unknown): value is ArrayBuffer =>
  value instanceof ArrayBuffer || /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value));

function takeBytes(value: unknown, expected: string): Uint8Array {
  const words = `${expected} to be an ArrayBuffer or a view of one`;
  try {
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
    if (isBuffer(value)) return new Uint8Array(value).slice();
  } catch {
    throw new TypeError(`${words}, got one that is detached`);
  }
  throw new TypeError(`${words}, got ${show(value)}`);
}

// Bytes lie aligned and end with a zero.
const sizeOfBytes = (bytes: Uint8Array) => Math.ceil((bytes.length + 1) / ALIGNMENT) * ALIGNMENT;

function putBytes({ view }: Core, bytes: Uint8Array, address: number): void {
  new Uint8Array(view.buffer, address, bytes.length).set(bytes);
  view.setUint8(address + bytes.length, 0);
}

const text: Type = {
  parameter: 'string',
  result: 'string',
  take: takeText,
  size: sizeOfBytes,
  put(core, address, taken, bytes) {
    putBytes(core, taken, bytes);
    core.view.setUint32(address, bytes, true);
  },
};

const buffer: Type = {
  parameter: 'ArrayBufferLike | ArrayBufferView',
  result: 'Uint8Array',
  take: takeBytes,
  size: sizeOfBytes,
  put(core, address, taken, bytes) {
    putBytes(core, taken, bytes);
    core.view.setUint32(address, bytes, true);
    core.view.setUint32(address + 4, taken.length, true);
  },
};

// What C can read comes as a copy; null is JavaScript's own, or it would come back as undefined.
const value: Type = {
  parameter: 'unknown',
  result: 'any',
  take: (given, expected) =>
    given instanceof ArrayBuffer || ArrayBuffer.isView(given) ? takeBytes(given, expected) : given,
  put(core, address, taken) {
    const { c } = core;
    const bridge = core.bridge as Glue;
    const given = taken === null ? { kind: bridge.KIND.js, number: 0, size: bridge.handle(null) } : bridge.given(taken);
    bridge.incoming = given.bytes;
    try {
      core.check(c.value!(address, given.kind, given.number, given.size));
    } finally {
      bridge.incoming = undefined;
    }
  },
};

const boolean: Type = {
  parameter: 'boolean',
  result: 'boolean',
  take(given, expected) {
    if (typeof given !== 'boolean') throw new TypeError(`${expected} to be a boolean, got ${show(given)}`);
    return given;
  },
  put: ({ view }, address, taken) => view.setUint8(address, Number(taken)),
};

const nothing: Type = { parameter: 'never', result: 'undefined', take: () => undefined, put: () => {} };

const makeTypes = (): readonly Type[] => [
  nothing,
  boolean,
  integers(8, true, ({ view }, address, taken) => view.setInt8(address, taken)),
  integers(8, false, ({ view }, address, taken) => view.setUint8(address, taken)),
  integers(16, true, ({ view }, address, taken) => view.setInt16(address, taken, true)),
  integers(16, false, ({ view }, address, taken) => view.setUint16(address, taken, true)),
  integers(32, true, ({ view }, address, taken) => view.setInt32(address, taken, true)),
  integers(32, false, ({ view }, address, taken) => view.setUint32(address, taken, true)),
  bigints(true, ({ view }, address, taken) => view.setBigInt64(address, taken, true)),
  bigints(false, ({ view }, address, taken) => view.setBigUint64(address, taken, true)),
  numbers(({ view }, address, taken) => view.setFloat32(address, taken, true)),
  numbers(({ view }, address, taken) => view.setFloat64(address, taken, true)),
  text,
  buffer,
  value,
];

let types: readonly Type[] | undefined;

/** The type with a number. */
export const typeOf = (number: number): Type => (types ??= makeTypes())[number]!;
