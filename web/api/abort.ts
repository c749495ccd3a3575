// SPDX-License-Identifier: MIT
// What of a task an async function can notice its cancellation by.

/** An AbortSignal, made when somebody asks for it. */
export class Scope {
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal;
  }

  get aborted(): boolean {
    return this.#controller !== undefined && this.#controller.signal.aborted;
  }

  /** Whether anybody holds the signal. */
  get touched(): boolean {
    return this.#controller !== undefined;
  }

  abort(reason: unknown): void {
    this.#controller?.abort(reason);
  }
}
