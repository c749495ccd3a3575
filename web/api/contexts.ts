// SPDX-License-Identifier: MIT
// Contexts: variables whose values belong to a task (Python's contextvars). Which context is current, and what is in
// it, is C's; values are JavaScript's own. Variables and contexts belong to a runtime, as locks do.
/// <reference lib="esnext.disposable" preserve="true" />
import type { BaseRuntime } from './base.js';
import { ContextHalf } from './context_half.js';
import { Core } from './core.js';
import { contexts } from './embedded.js';
import { LookupError, TypeError, ValueError, expectFunction, expectOptions, show } from './errors.js';
import { followed } from './following.js';
import type { Given } from './handle.js';
import { Halves } from './halves.js';
import type { Part } from './instance.js';
import { Shown, runtimeOf } from './objects.js';

const PART: Part = { of: contexts, table: 'context_functions' };

interface State {
  vars: Halves<ContextVar<any>>;
  contexts: Halves<Context>;
  tokens: FinalizationRegistry<number>;
}

const states = /* @__PURE__ */ new WeakMap<Core, State>();

// What a runtime knows of its contexts, from the first that it has.
function stateOf(core: Core): State {
  let state = states.get(core);
  if (state) return state;
  core.extend(PART);
  useContexts(core);
  state = {
    vars: new Halves(core, (pointer) => core.c.context_var_unref!(pointer)),
    contexts: new Halves(core, (pointer) => core.c.context_unref!(pointer)),
    tokens: new FinalizationRegistry((pointer) => {
      if (!core.ended) core.c.context_token_free!(pointer);
    }),
  };
  states.set(core, state);
  core.follow = followed(core);
  return state;
}

/** @internal Lets tasks tell their contexts. */
export function useContexts(core: Core): void {
  core.contextAt = (pointer) => stateOf(core).contexts.get(pointer) ?? new Context(core, core.c.context_ref!(pointer));
  core.contextOf = (task) => {
    stateOf(core);
    return core.contextAt(core.made(core.c.task_get_context!(task)));
  };
}

/** What ContextVar's constructor can be told. */
export interface ContextVarOptions<T> {
  /** What a context has in which the variable is not set; the same object for all. */
  default?: T;
}

/** A variable whose value belongs to a context. Make it once, when the program starts. */
export class ContextVar<T> extends Shown {
  /** @internal */ readonly core: Core;
  /** @internal */ readonly pointer: number;
  /** Its name, for messages. */
  readonly name: string;
  #fallback: { value: T } | undefined;

  /** A variable called `name`. TypeError for what is no string. */
  constructor(name: string, options?: ContextVarOptions<T>);
  /** @internal */
  constructor(core: Core, pointer: number);
  constructor(name: string | Core, options: ContextVarOptions<T> | number = {}) {
    super();
    if (!(name instanceof Core)) expectOptions(options);
    const found = name instanceof Core;
    this.core = found ? name : runtimeOf(new.target).core;
    const { vars } = stateOf(this.core);
    if (found) {
      this.pointer = options as number;
      this.name = this.core.text(this.core.c.context_var_name!(this.pointer));
    } else {
      if (typeof name !== 'string') throw new TypeError(`Expected [name] to be a string, got ${show(name)}`);
      this.name = name;
      this.pointer = this.core.withText(name, (size) => this.core.made(this.core.c.context_var_new!(size)));
      if (Object.hasOwn(options as object, 'default')) this.#fallback = { value: (options as { default: T }).default };
    }
    vars.add(this.pointer, this);
  }

  /**
   * Its value in the current context, else `fallback`, else its own default. LookupError when there is none of these.
   */
  get(): T;
  get<D>(fallback: D): T | D;
  get(...fallback: unknown[]): unknown {
    const found = this.core.c.context_var_find!(this.pointer);
    if (found) return this.core.read(found);
    if (fallback.length > 0) return fallback[0];
    if (this.#fallback) return this.#fallback.value;
    throw new LookupError(`The context variable '${this.name}' has no value`);
  }

  /** Sets it in the current context; what it gives is for reset(). */
  set(value: T): Token<T> {
    const { core } = this;
    const token = core.cross(value, (kind, number, size) =>
      core.made(core.c.context_var_set!(this.pointer, kind, number, size)),
    );
    const made = new Token<T>(this, token);
    stateOf(core).tokens.register(made, token);
    return made;
  }

  /**
   * Gives it back the value that it had before the set that `token` is of. RuntimeError when the token was used before,
   * ValueError when another variable's set made it or another context is current.
   */
  reset(token: Token<T>): void {
    if (!(token instanceof Token)) throw new TypeError(`Expected [token] to be a token, got ${show(token)}`);
    if (token.var.core !== this.core)
      throw new ValueError(`The token was created by a different context variable than '${this.name}'`);
    this.core.check(this.core.c.context_var_reset!(this.pointer, token.pointer));
    token.used = true;
  }

  /** As Python shows it: its name, and its default. */
  override toString(): string {
    return `<ContextVar name='${this.name}'${this.#fallback ? ` default=${show(this.#fallback.value)}` : ''}>`;
  }
}

const MISSING: unique symbol = /* @__PURE__ */ Symbol('Token.MISSING');

/** What a set() has replaced. */
export class Token<T> extends Shown {
  /** As `old_value`: the variable was not set. */
  static readonly MISSING: typeof MISSING = MISSING;
  /** @internal */ readonly pointer: number;
  /** The variable that was set. */
  readonly var: ContextVar<T>;
  /** @internal Whether it has given that back. */ used = false;
  /** The value before that, or Token.MISSING. */
  readonly old_value: T | typeof MISSING;

  /** @internal */
  constructor(variable: ContextVar<T>, pointer: number) {
    super();
    const { core } = variable;
    const old = core.c.context_token_old_value!(pointer);
    this.var = variable;
    this.pointer = pointer;
    this.old_value = old ? (core.read(old) as T) : MISSING;
  }

  /** As Python shows it: whether it was used, and its variable. */
  override toString(): string {
    return `<Token ${this.used ? 'used ' : ''}var=${this.var}>`;
  }

  /** What `using` calls: `var.reset()`. */
  [Symbol.dispose](): void {
    this.var.reset(this);
  }
}

/** A context: the variables that were set in it and their values, as a read-only Map. */
export class Context extends ContextHalf implements Iterable<[ContextVar<unknown>, unknown]> {
  /** One without variables. */
  constructor();
  /** @internal Takes over a reference. */
  constructor(core: Core, pointer: number);
  constructor(core?: Core, pointer = 0) {
    const own = core instanceof Core ? core : runtimeOf(new.target).core;
    const { contexts } = stateOf(own);
    super(own, pointer || own.made(own.c.context_new!()));
    contexts.add(this.pointer, this);
  }

  /**
   * Calls `callable` in this context, and gives what it returns; what it sets stays here. An async function leaves it
   * at its first await, and goes on in that of its task: `create_task(f, { context })` is for those. RuntimeError
   * when the context is entered already.
   */
  run<A extends unknown[], R>(callable: (...args: Given<A>) => R, ...args: A): R {
    const { core } = this;
    expectFunction('callable', callable);
    let outcome: { result: R } | { error: unknown } | undefined;
    const call = core.bridge.handle(() => {
      try {
        outcome = { result: callable(...args) };
      } catch (error) {
        outcome = { error };
      }
    });
    try {
      core.check(core.c.context_run!(this.pointer, call));
    } finally {
      core.bridge.values.delete(call);
    }
    if ('error' in outcome!) throw outcome.error;
    return outcome!.result;
  }

  /** Another context with the same variables. */
  copy(): Context {
    return new Context(this.core, this.core.made(this.core.c.context_copy!(this.pointer)));
  }

  #find(variable: ContextVar<any>): number {
    if (!(variable instanceof ContextVar))
      throw new TypeError(`Expected [variable] to be a context variable, got ${show(variable)}`);
    return variable.core === this.core ? this.core.c.context_find!(this.pointer, variable.pointer) : 0;
  }

  /** Whether the variable is set in it; a default does not count. */
  has(variable: ContextVar<any>): boolean {
    return this.#find(variable) !== 0;
  }

  /** The variable's value in it, else `fallback`. */
  get<T>(variable: ContextVar<T>): T | undefined;
  get<T, D>(variable: ContextVar<T>, fallback: D): T | D;
  get(variable: ContextVar<any>, fallback?: unknown): unknown {
    const found = this.#find(variable);
    return found ? this.core.read(found) : fallback;
  }

  /** How many variables are set in it. */
  get size(): number {
    return this.core.c.context_count!(this.pointer);
  }

  /** Those variables, in the order in which they were first set. */
  *keys(): Generator<ContextVar<unknown>, void> {
    const { c } = this.core;
    const pointers = Array.from({ length: this.size }, (_, index) => c.context_at!(this.pointer, index));
    yield* pointers.map((pointer) => this.#variable(pointer));
  }

  // One that nobody else has any more is made again.
  #variable(pointer: number): ContextVar<unknown> {
    const { core } = this;
    return stateOf(core).vars.get(pointer) ?? new ContextVar(core, core.c.context_var_ref!(pointer));
  }

  /** Their values. */
  *values(): Generator<unknown, void> {
    for (const variable of this.keys()) yield this.get(variable);
  }

  /** Pairs of both. */
  *entries(): Generator<[ContextVar<unknown>, unknown], void> {
    for (const variable of this.keys()) yield [variable, this.get(variable)];
  }

  [Symbol.iterator](): Generator<[ContextVar<unknown>, unknown], void> {
    return this.entries();
  }
}

/** @internal */
export const copyContextIn =
  ({ core }: BaseRuntime) =>
  (): Context => {
    stateOf(core);
    return new Context(core, core.made(core.c.copy_context!()));
  };
