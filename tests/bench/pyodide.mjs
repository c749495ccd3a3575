// SPDX-License-Identifier: MIT
// asyncio itself: CPython in WebAssembly, on Pyodide's own event loop.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

const PROGRAM = `
import asyncio

async def spin(count):
    total = 0
    for i in range(count):
        await asyncio.sleep(0)
        total += i
    return total

async def measure(tasks, count):
    return sum(await asyncio.gather(*(spin(count) for _ in range(tasks))))

measure
`;

// A function that does a round of [count] switches in each of [tasks] tasks, and the version of Python.
export async function loadPython() {
  const folder = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
  const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
  const python = await loadPyodide({ indexURL: folder });
  const measure = python.runPython(PROGRAM);
  const round = async (tasks, count) => {
    const start = performance.now();
    const sum = await measure(tasks, count);
    return { milliseconds: performance.now() - start, sum };
  };
  return { round, version: python.runPython('import platform; platform.python_version()') };
}
