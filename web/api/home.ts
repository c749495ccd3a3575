// SPDX-License-Identifier: MIT
// The package's own runtime, which is ready on import.
import { BaseRuntime } from './base.js';
import { embedded } from './instance.js';

export const home = /* @__PURE__ */ new BaseRuntime(/* @__PURE__ */ embedded());
