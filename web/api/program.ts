// SPDX-License-Identifier: MIT
// A program that emcc has linked, as an instance: its glue has web/lib in it, which is the bridge, and tells
// us of itself when the module is made. Nothing of Emscripten's own is used but what all its versions have: the module
// argument, the promise of the module, and Module['_name'] of a function that C keeps alive.
import type { Bridge, Crossing } from './embedded.js';
import { RuntimeError, TypeError, show } from './errors.js';
import { readFunctions, textAt, textOf, type Clock, type Functions, type Instance, type ProgramOwner } from './instance.js';

declare const process: { removeListener(event: string, listener: unknown): void };

/** What web/lib/loader.js adds to the bridge. */
export interface Glue extends Bridge, Crossing {
  readonly KIND: { readonly js: number };
  owner: ProgramOwner | undefined;
  stays: boolean;
  exited: boolean;
  mainSuspended: boolean;
  drained: (() => void) | undefined;
  atQuit: (status: number, thrown: unknown) => void;
  /** Over JSPI: the engine's stacks. */
  stacks?: { release(): void; quiet(then: () => void): boolean };
  forgetMain(): void;
  now(): number;
  memory(): ArrayBufferLike;
  functionAt(pointer: number): Functions[string];
}

interface Module {
  _asyncio__exported?(): number;
}

type Options = Record<string, unknown>;
type Create = (options: Options) => unknown;

const TABLES = 7; // of functions, before the records

const NOT_LINKED =
  'The module is no program of asyncio: link it with --js-library asyncio.js and -sMODULARIZE, and let the function ' +
  "that makes it pass its argument on to emcc's";
const NO_EXPORTS = 'The program exports nothing: define what JavaScript may call with ASYNCIO_EXPORT';

/** A loaded program. */
export class Program {
  /** Where the records of its exports begin. */
  readonly first: number;
  /** Why it has ended, once it has. */
  ended: Error | undefined;
  /** Called when it ends by itself. */
  onEnd: ((reason: Error) => void) | undefined;
  #glue: Glue;
  #c: Functions = {};

  private constructor(glue: Glue, exported: number) {
    this.#glue = glue;
    const memory = glue.memory();
    const view = new DataView(memory);
    for (let at = 0; at < TABLES; at++) {
      const table = view.getUint32(exported + 4 * at, true);
      readFunctions(this.#c, textAt(memory, view.getUint32(table, true)), memory, table, glue.functionAt);
    }
    this.first = view.getUint32(exported + 4 * TABLES, true);
  }

  /** Opens it for its owner. */
  readonly open = (owner: ProgramOwner): Instance => {
    const glue = this.#glue;
    glue.owner = owner;
    const read = (kind: number, pointer: number) => readC(this.#c, glue.memory(), kind, pointer);
    const quiet = (then: () => void) => glue.stacks?.quiet(then) ?? false;
    return {
      bridge: glue,
      c: this.#c,
      memory: glue.memory,
      read,
      extend: () => {},
      quiet,
      closing: () => leave(glue),
      close: () => close(glue),
    };
  };

  /** Makes the module, with what is wrong with it as the error. */
  static async make(create: unknown, options: Options, clock: Clock | undefined): Promise<Program> {
    if (typeof create !== 'function')
      throw new TypeError(
        `Expected [createModule] to be the function that emcc -sMODULARIZE makes, got ${show(create)}`,
      );
    let glue: Glue | undefined;
    let program: Program | undefined;
    let ended: Error | undefined;
    const end = (status: number, thrown: unknown) => {
      if (isExit(thrown) && glue?.mainSuspended) return; // main was only left, or an exit() is on its way to the bridge
      if (glue) close(glue);
      ended ??= isExit(thrown) ? new RuntimeError(`The program has ended with status ${status}`) : (thrown as Error);
      if (!program) return;
      program.ended = ended;
      program.onEnd?.(ended);
    };
    const connect = (made: Glue) => prepare((glue = made), clock, end);
    const module = (await (create as Create)({ ...options, wasyncio: connect })) as Module;
    // What main throws at once comes out of the engine's promise a few microtasks later.
    for (let i = 0; glue?.stacks && i < 8; i++) await null;
    if (ended) throw ended;
    if (!glue) throw new RuntimeError(NOT_LINKED);
    const exported = module?._asyncio__exported?.();
    if (!exported) {
      close(glue);
      throw new RuntimeError(NO_EXPORTS);
    }
    return (program = new Program(glue, exported));
  }
}

const INT64 = 2;
const POINTER = 4;
const TEXT = 5;

// What only C makes: numbers of 64 bits, pointers, text, and else bytes.
function readC(c: Functions, memory: ArrayBufferLike, kind: number, pointer: number): unknown {
  if (kind === INT64) return new DataView(memory).getBigInt64(pointer + 8, true);
  if (kind === POINTER) return c.pointer!(pointer) >>> 0;
  const [start, size] = [c.bytes!(pointer), c.size!(pointer)];
  return kind === TEXT ? textOf(memory, start, size) : new Uint8Array(memory, start, size).slice();
}

// Emscripten's, which nobody can name from here.
const isExit = (thrown: unknown): boolean => (thrown as Error | null)?.constructor?.name === 'ExitStatus';

function prepare(glue: Glue, clock: Clock | undefined, end: (status: number, thrown: unknown) => void): void {
  glue.stays = true;
  glue.atQuit = (status, thrown) => {
    end(status, thrown);
    if (isExit(thrown)) throw thrown; // where it has come from
  };
  if (!clock) return;
  glue.now = () => clock.now();
  glue.armTimer = (deadline) => clock.wake_at(deadline, () => glue.turn(glue.TURN.timer));
}

function close(glue: Glue): void {
  glue.exited = true;
  glue.armTimer(Infinity);
  glue.stacks?.release();
  unlisten(glue);
}

function unlisten(glue: Glue): void {
  if (glue.drained) process.removeListener('beforeExit', glue.drained);
}

// Its loops are about to be closed, which main is not told.
function leave(glue: Glue): void {
  glue.forgetMain();
  unlisten(glue);
}
