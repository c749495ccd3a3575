// SPDX-License-Identifier: MIT
// Errors of a C program's own: statuses from ASYNCIO_APPLICATION_ERROR down, whose meaning is that program's alone. In
// another runtime such an error is one of JavaScript's.
import type { Core } from './core.js';
import { errorOf, statusOf } from './errors.js';

const APPLICATION_ERROR = -1000;

/** A failure with a status of the C program's own. Its `name` is what ASYNCIO_ERROR_NAME has named the status there. */
export class ApplicationError extends Error {
  constructor(
    message?: string,
    name = 'ApplicationError',
    /** What C returned, ASYNCIO_APPLICATION_ERROR or less. */
    readonly status: number = APPLICATION_ERROR,
  ) {
    super(message);
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true });
  }
}

/** @internal From now on the application's statuses are such errors in JavaScript, and those are the statuses in C. */
export function takeErrorsOf(core: Core): void {
  const own = new WeakSet<object>();
  core.errorOf = (status, words, exceptions) => {
    if (status > APPLICATION_ERROR) return errorOf(status, words, exceptions);
    const made = new ApplicationError(words, core.text(core.c.error_name!(status)), status);
    own.add(made);
    return made;
  };
  core.crossing.statusOf = (error) => (own.has(error as object) ? (error as ApplicationError).status : statusOf(error));
}
