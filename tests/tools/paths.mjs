// SPDX-License-Identifier: MIT
// Where things are. build/ is the only folder that is written to.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const build = join(root, 'build');
export const tree = (name) => join(build, 'cmake', name); // CMake's folder of a configuration
export const logs = (name) => join(build, 'logs', `${name}.log`);

// Debian's emcc looks for its JavaScript parser where only Debian's own Node.js would find it. Asked for at each use:
// on a new machine the folder comes with Emscripten, after this file was loaded.
const debianModules = '/usr/share/nodejs';
export const environment = {
  ASYNCIO_BUILD: build,
  get NODE_PATH() {
    return existsSync(debianModules) ? debianModules : process.env.NODE_PATH;
  },
};

// Versions of Node.js other than the one that runs us. They are apart from node_modules: their packages have a command
// named node, which npm would then run all scripts with.
export const nodes = join(root, 'tests/nodes');
export const node = (name) => join(nodes, 'node_modules', name, 'bin/node');
