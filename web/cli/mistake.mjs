// SPDX-License-Identifier: MIT
// What a person can mend: told in words, without a stack.
export class Mistake extends Error {}
