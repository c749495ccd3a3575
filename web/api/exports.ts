// SPDX-License-Identifier: MIT
// The exports of a C program as coroutine functions. What they are comes from the records that ASYNCIO_EXPORT has left
// (asyncio/export.h); a call checks its arguments at once, and makes C's coroutine when somebody runs it.
import { exported } from './awaitable.js';
import type { Core } from './core.js';
import type { Coroutine } from './coroutine.js';
import { TypeError } from './errors.js';
import { TYPES, type Parameter } from './parameters.js';
import type { Runtime } from './runtime.js';

/** What a program says of one of its exports. */
export interface Record_ {
  pointer: number;
  name: string;
  result: Parameter;
  parameters: Parameter[];
  /** Of the struct of arguments. */
  size: number;
}

/** Of each loaded program. */
export const recordsOf = /* @__PURE__ */ new WeakMap<Runtime, readonly Record_[]>();

// In words of 32 bits, as <asyncio/export.h> has the fields.
const RECORD = { next: 1, name: 2, words: 3, type: 4, size: 6, count: 7, parameters: 8 };
const PARAMETER = { name: 0, words: 1, type: 2, offset: 3 };
const PARAMETER_SIZE = 16;

function readParameter(core: Core, pointer: number): Parameter {
  const field = (at: number) => core.view.getUint32(pointer + 4 * at, true);
  return {
    name: core.text(field(PARAMETER.name)),
    words: core.text(field(PARAMETER.words)),
    type: TYPES[field(PARAMETER.type)]!,
    offset: field(PARAMETER.offset),
  };
}

/** The records of a program's exports, in the order of their constructors. */
export function readRecords(core: Core, first: number): Record_[] {
  const records: Record_[] = [];
  for (let pointer = first; pointer; pointer = core.view.getUint32(pointer + 4 * RECORD.next, true)) {
    const field = (at: number) => core.view.getUint32(pointer + 4 * at, true);
    const parameterAt = (_: unknown, index: number) =>
      readParameter(core, field(RECORD.parameters) + PARAMETER_SIZE * index);
    records.push({
      pointer,
      name: core.text(field(RECORD.name)),
      result: { name: 'result', words: core.text(field(RECORD.words)), type: TYPES[field(RECORD.type)]!, offset: 0 },
      parameters: Array.from({ length: field(RECORD.count) }, parameterAt),
      size: field(RECORD.size),
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
  const { name, parameters } = record;
  if (args.length !== parameters.length) throw wrongCount(record, args.length);
  return parameters.map((parameter, index) =>
    parameter.type.take(args[index], `Expected [${parameter.name}] of ${name}()`, parameter.words),
  );
}

const ALIGNMENT = 8;

// C's coroutine with its arguments in place.
function make(core: Core, { pointer, parameters, size }: Record_, taken: unknown[]): number {
  const room = Math.ceil(size / ALIGNMENT) * ALIGNMENT;
  const sizes = parameters.map(({ type }, index) => type.size?.(taken[index]) ?? 0);
  const extra = sizes.reduce((sum, one) => sum + one, 0);
  const coroutine = core.made(core.c.call_export!(pointer, extra && extra + room - size));
  if (parameters.length === 0) return coroutine;
  const start = core.c.arguments!(coroutine);
  let bytes = start + room;
  try {
    parameters.forEach(({ type, offset }, index) => {
      type.put(core, start + offset, taken[index], bytes);
      bytes += sizes[index]!;
    });
    return coroutine;
  } catch (error) {
    core.c.drop!(coroutine);
    throw error;
  }
}

/** The coroutine function for a record. */
export function coroutineFunction(runtime: Runtime, record: Record_): (...args: unknown[]) => Coroutine<unknown> {
  const { core } = runtime;
  const call = (...args: unknown[]) => {
    const taken = takeAll(record, args);
    return runtime.coroutine(() => make(core, record, taken));
  };
  Object.defineProperty(call, 'name', { value: record.name });
  Object.defineProperty(call, 'length', { value: record.parameters.length });
  exported.add(call);
  return call;
}
