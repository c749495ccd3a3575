// SPDX-License-Identifier: MIT
// The exports of a C program as coroutine functions. What they are comes from the records that ASYNCIO_EXPORT has left
// (asyncio/export.h); a call checks its arguments at once, and makes C's coroutine when somebody runs it.
import { exported } from './awaitable.js';
import type { Core } from './core.js';
import { TypeError } from './errors.js';
import { ExportedGenerator } from './exported_generator.js';
import { typeOf, type Parameter, type Type } from './parameters.js';
import type { Runtime } from './runtime.js';

/** What a program says of one of its exports. */
export interface Record_ {
  pointer: number;
  name: string;
  result: Type;
  parameters: Parameter[];
  /** Of the struct of arguments. */
  size: number;
  /** It is a generator's, and the result what that yields. */
  generates: boolean;
  /** Of the struct of arguments from its coroutine, once it is known. */
  distance: number | undefined;
}

/** Of each loaded program. */
export const recordsOf = /* @__PURE__ */ new WeakMap<Runtime, readonly Record_[]>();

// In words of 32 bits, as <asyncio/export.h> has the fields.
const RECORD = { next: 1, name: 2, words: 3, type: 4, size: 6, count: 7, parameters: 8, generates: 9 };
const PARAMETER = { name: 0, words: 1, type: 2, offset: 3 };
const PARAMETER_SIZE = 16;

function readParameter(core: Core, pointer: number, of: string): Parameter {
  const field = (at: number) => core.view.getUint32(pointer + 4 * at, true);
  const name = core.text(field(PARAMETER.name));
  return {
    name,
    words: core.text(field(PARAMETER.words)),
    expected: `Expected [${name}] of ${of}()`,
    type: typeOf(field(PARAMETER.type)),
    offset: field(PARAMETER.offset),
  };
}

/** The records of a program's exports, in the order of their constructors. */
export function readRecords(core: Core, first: number): Record_[] {
  const records: Record_[] = [];
  for (let pointer = first; pointer; pointer = core.view.getUint32(pointer + 4 * RECORD.next, true)) {
    const field = (at: number) => core.view.getUint32(pointer + 4 * at, true);
    const name = core.text(field(RECORD.name));
    const parameterAt = (_: unknown, index: number) =>
      readParameter(core, field(RECORD.parameters) + PARAMETER_SIZE * index, name);
    records.push({
      pointer,
      name,
      result: typeOf(field(RECORD.type)),
      parameters: Array.from({ length: field(RECORD.count) }, parameterAt),
      size: field(RECORD.size),
      generates: field(RECORD.generates) !== 0,
      distance: undefined,
    });
  }
  return records;
}

function wrongCount({ name, parameters }: Record_, got: number): TypeError {
  const names = parameters.map((parameter) => parameter.name).join(', ');
  const count = parameters.length === 1 ? '1 argument' : `${parameters.length || 'no'} arguments`;
  return new TypeError(`${name}() takes ${count}${names && ` (${names})`}, got ${got}`);
}

function takeAll(record: Record_, args: unknown[]): unknown[] {
  const { parameters } = record;
  if (args.length !== parameters.length) throw wrongCount(record, args.length);
  for (let i = 0; i < args.length; i++) {
    const { type, expected, words } = parameters[i]!;
    args[i] = type.take(args[i], expected, words);
  }
  return args;
}

const ALIGNMENT = 8;

// Writes the arguments, and their bytes from `bytes` on.
function putAll(core: Core, { parameters }: Record_, taken: unknown[], start: number, bytes: number): void {
  for (let i = 0; i < parameters.length; i++) {
    const { type, offset } = parameters[i]!;
    type.put(core, start + offset, taken[i], bytes);
    if (type.size) bytes += type.size(taken[i]);
  }
}

// C's coroutine with its arguments in place.
function make(core: Core, record: Record_, taken: unknown[]): number {
  const { pointer, parameters, size } = record;
  const room = Math.ceil(size / ALIGNMENT) * ALIGNMENT;
  let whole = room;
  for (let i = 0; i < parameters.length; i++) whole += parameters[i]!.type.size?.(taken[i]) ?? 0;
  const coroutine = core.made(core.c.call_export!(pointer, whole - size));
  const start = coroutine + (record.distance ??= core.c.arguments!(coroutine) - coroutine);
  try {
    putAll(core, record, taken, start, start + room);
    return coroutine;
  } catch (error) {
    core.c.drop!(coroutine);
    throw error;
  }
}

/** The coroutine function or the asynchronous generator function for a record. */
export function exportedFunction(runtime: Runtime, record: Record_): (...args: unknown[]) => unknown {
  const { core } = runtime;
  const makeWith = (taken: unknown[]) => make(core, record, taken);
  const coroutine = (...args: unknown[]) => runtime.coroutine(makeWith, true, takeAll(record, args));
  const generator = (...args: unknown[]) => {
    const taken = takeAll(record, args);
    const start = () => core.made(core.c.generator_new!(record.pointer, makeWith(taken)));
    return new ExportedGenerator<unknown>(runtime, record.pointer, start);
  };
  const call = record.generates ? generator : coroutine;
  Object.defineProperty(call, 'name', { value: record.name });
  Object.defineProperty(call, 'length', { value: record.parameters.length });
  if (!record.generates) exported.add(call);
  return call;
}
