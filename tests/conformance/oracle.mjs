// SPDX-License-Identifier: MIT
// CPython 3.14's asyncio, in Pyodide from node_modules: nothing is fetched.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { loadPyodide } from 'pyodide';

const FILES = ['loop', 'common', 'locks', 'scopes', 'generators', 'runs'].map((name) => `oracle_${name}.py`);
const here = dirname(fileURLToPath(import.meta.url));

const real = (key, value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value);

// A function from programs to their traces.
export async function openOracle() {
  const python = await loadPyodide();
  const folder = '/home/pyodide';
  for (const name of ['oracle.py', ...FILES])
    python.FS.writeFile(`${folder}/${name}`, readFileSync(join(here, name), 'utf8'));
  python.runPython(`import sys; sys.path.insert(0, '${folder}'); import oracle_runs`);
  const run = python.runPython('oracle_runs.run_programs');
  return (programs) => JSON.parse(run(JSON.stringify(programs, real))).map((trace) => trace.split('\n'));
}
