// SPDX-License-Identifier: MIT
// The drivers in C: one process runs a whole batch of programs.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { textOf } from './text.mjs';

const LIMIT = 300e3; // milliseconds for a batch, on a machine that is busy with other things too
const MOST_OUTPUT = 100e6; // characters: a program that goes on for ever is ended before they are too many
const MOST_CRASHES = 10;
const LEFT_SOMETHING = 3; // the status of c/main.c when it ends for that

function collect(stream, onTooMuch) {
  const chunks = [];
  let length = 0;
  stream.setEncoding('utf8').on('data', (text) => {
    chunks.push(text);
    length += text.length;
    if (length > MOST_OUTPUT) onTooMuch();
  });
  return () => chunks.join('');
}

function runProcess(command, args, timeout) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  const timer = setTimeout(kill, timeout); // spawn's own would go on after an error
  const stdout = collect(child.stdout, kill);
  const stderr = collect(child.stderr, kill);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout: stdout(), stderr: stderr() }));
  }).finally(() => clearTimeout(timer));
}

// Traces by the programs' indices; `unfinished` is the program in which the process ended.
function parse(output) {
  const traces = new Map();
  let unfinished;
  for (const line of output.trimEnd().split('\n')) {
    const [word, number] = line.split(' ');
    if (word === 'program') traces.set((unfinished = Number(number)), []);
    else if (word === 'done' && Number(number) === unfinished) unfinished = undefined;
    else if (unfinished !== undefined) traces.get(unfinished).push(line);
  }
  return { traces, unfinished };
}

const lastWords = (stderr) =>
  stderr
    .split('\n')
    .filter((line) => /ERROR|Error|error|Expected|asyncio|overflow|#[0-5] /.test(line))
    .slice(0, 8);

// A function from programs to their traces, run by [command] with [args] before the file's name. A crash ends the
// trace of its program and no other; after many nothing more is run.
export function openNative(command, args, { limit = LIMIT, mostCrashes = MOST_CRASHES } = {}) {
  return async (programs) => {
    let crashes = 0;
    const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
    const file = join(folder, 'programs');
    const all = new Map();
    let left = programs;
    try {
      while (left.length > 0 && crashes < mostCrashes) {
        writeFileSync(file, textOf(left));
        const { status, signal, stdout, stderr } = await runProcess(command, [...args, file], limit);
        const { traces, unfinished } = parse(stdout);
        traces.forEach((trace, index) => all.set(index, trace));
        if (unfinished !== undefined) {
          crashes++;
          all.get(unfinished).push(`crashed: ${signal ?? status}`, ...lastWords(stderr));
        }
        if (traces.size < left.length && unfinished === undefined && status !== LEFT_SOMETHING)
          throw new Error(`${command} stopped early (${signal ?? status})\n${stderr}`);
        left = left.filter(({ index }) => !all.has(index));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return programs.map(({ index }) => all.get(index) ?? ['not run: too many programs before it crashed']);
  };
}
