// SPDX-License-Identifier: MIT
// Runs other programs. What they print is kept in a log and in memory, and shown only when it matters: a build that
// works has nothing to say.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const LONGEST_LINE = 300; // a minified program on one line would bury the message under it
const DEFAULT_LIMIT = 3600; // seconds: whole suites take minutes, and several times as long where others are busy

export class CommandFailed extends Error {}

// The last [count] lines of [text], none of them endless.
export function tail(text, count = 40) {
  const lines = text.trimEnd().split('\n').slice(-count);
  return lines.map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} ...` : line)).join('\n');
}

function startLog(log) {
  if (!log) return;
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, '');
}

// Runs [command] to its end and gives {status, output, seconds}, whatever the status. [log] is a file that gets the
// output as it comes, [onLine] a function that is told the latest line. After [limit] seconds the program is killed.
export function run(command, args, { log, env, cwd, onLine, limit = DEFAULT_LIMIT, stdin = 'ignore' } = {}) {
  startLog(log);
  const started = performance.now();
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: [stdin, 'pipe', 'pipe'] });
  let output = '';
  const receive = (text) => {
    output += text;
    if (log) appendFileSync(log, text);
    onLine?.(text.trimEnd().split('\n').at(-1).slice(0, 100));
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', receive);
  const timer = setTimeout(() => {
    receive(`\nKilled: it ran longer than ${limit} s\n`);
    child.kill('SIGKILL');
  }, limit * 1e3);
  return new Promise((resolve) => {
    const finish = (status) => {
      clearTimeout(timer);
      resolve({ status, output, seconds: (performance.now() - started) / 1e3 });
    };
    child.on('error', (error) => {
      receive(`${error.message}\n`);
      finish(127);
    });
    child.on('close', (code, signal) => {
      if (signal) receive(`\nEnded by ${signal}\n`);
      finish(code ?? 128);
    });
  });
}

// The same, but a status other than 0 is an error with the end of the output.
export async function mustRun(command, args, options = {}) {
  const result = await run(command, args, options);
  if (result.status === 0) return result;
  const where = options.log ? `; all of it is in ${options.log}` : '';
  throw new CommandFailed(
    `${command} ${args.slice(0, 3).join(' ')} ended with status ${result.status}${where}\n${tail(result.output)}`,
  );
}

// What [command] prints, or undefined when it fails or does not exist.
export function ask(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? stdout.trim() : undefined;
}

// Runs [command] in the foreground, on our own terminal; gives its status.
export function show(command, args, env) {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
