// SPDX-License-Identifier: MIT
// What of a context those must know who take one as an option: a page that uses no contexts then does not hold
// contexts.ts.
import type { Context } from './contexts.js';
import type { Core } from './core.js';
import { TypeError, show } from './errors.js';

/** JavaScript's half of a context. */
export abstract class ContextHalf {
  /** @internal */ readonly core: Core;
  /** @internal */ readonly pointer: number;

  /** @internal */
  constructor(core: Core, pointer: number) {
    this.core = core;
    this.pointer = pointer;
  }
}

/** What a callback can be told. */
export interface ContextOption {
  /** To run in; a copy of the current one when left out. */
  context?: Context;
}

/** @internal C's context for an option, 0 for none. TypeError for what is no context of this runtime. */
export function contextPointer(core: Core, context: unknown): number {
  if (context === undefined || context === null) return 0;
  if (context instanceof ContextHalf && context.core === core) return context.pointer;
  const what = context instanceof ContextHalf ? 'one of another runtime' : show(context);
  throw new TypeError(`Expected [context] to be a context, got ${what}`);
}
