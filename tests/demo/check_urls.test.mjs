// SPDX-License-Identifier: MIT
// demo/check_urls.c against the server of demo/check_urls.mjs: every way a request can end has its outcome, hanging
// ones are aborted, and the requests overlap.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { attempts } from '../tools/attempts.mjs';
import { execute, repository } from './program.mjs';

const outcomes = {
  'fast': '200 OK',
  'large/again': '200 OK',
  'missing': '404 Not Found',
  'broken': '500 Internal Server Error',
  'moved': '200 OK',
  'cut': 'reset',
  'reset': 'reset',
  'hanging/1': 'timed out',
  'hanging/5': 'timed out',
  'slow/900': 'timed out',
};

const tableOf = (output) => output.slice(output.indexOf('\nURL'));

async function check() {
  const script = path.join(repository, 'demo/check_urls.mjs');
  const { output, errors, status, seconds } = await execute(process.execPath, [script]);
  assert.equal(errors, '');
  assert.equal(status, 0, output);
  const lines = tableOf(output).split('\n');
  for (const [page, outcome] of Object.entries(outcomes)) {
    const line = lines.find((text) => text.includes(`/${page} `));
    assert.ok(line?.includes(`  ${outcome}  `), `${page}: ${line}`);
  }
  assert.match(output, /^http:\/\/127\.0\.0\.1:\d+ +refused /m);
  assert.match(output, /^24 of 24 /m);
  const [, together, apart] = output.match(/([\d.]+) s with up to 3 at once.* been ([\d.]+) s\.$/m);
  assert.ok(Number(together) < Number(apart) * 0.6, output);
  assert.ok(seconds < 10, `took ${seconds} s`);
}

test('check_urls tells every outcome, aborts what hangs and overlaps its requests', (t) => attempts(t, check));
