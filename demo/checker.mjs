// SPDX-License-Identifier: MIT
// The URL checker: every path at once, each in a task of its own under wait_for, whose end aborts the fetch. The same
// list is checked by JavaScript or by C.
import * as asyncio from 'wasyncio';

const PATHS = ['fast', 'slow/250', 'missing', 'large', 'hanging/1', 'broken', 'slow/600', 'reset'];
PATHS.push('slow/3000', 'hanging/2');

async function fetch_page(path, signal) {
  const response = await fetch(`/answers/${path}`, { signal, cache: 'no-store' });
  const body = await response.arrayBuffer();
  return { status: response.status, text: response.statusText, size: body.byteLength };
}

function* check_one(index, { paths, limit, checked }) {
  try {
    const page = yield* asyncio.wait_for((task) => fetch_page(paths[index], task.signal), limit);
    checked(index, page, '', '');
  } catch (error) {
    if (asyncio.is_cancelled(error)) {
      checked(index, undefined, 'CancelledError', '');
      throw error;
    }
    checked(index, undefined, error instanceof asyncio.TimeoutError ? 'TimeoutError' : 'Error', error.message);
  }
}

// Gives a promise of the end and what cancels it. With return_exceptions a cancelled gather waits for all: without, it
// ends with the first.
function check_all_js(checks) {
  const each = checks.paths.map((_, index) => check_one(index, checks));
  const task = asyncio.ensure_future(asyncio.gather(...each, { return_exceptions: true }));
  return { ended: task.then(() => {}, () => {}), cancel: () => task.cancel() };
}

// A row's state and words for what became of a path.
function outcome(page, error, words) {
  if (page) return [page.status < 400 ? 'finished' : 'failed', `${page.status} ${page.text}`];
  if (error === 'TimeoutError') return ['timed_out', 'timed out'];
  if (error === 'CancelledError') return ['cancelled', 'cancelled'];
  return ['failed', /fetch|load failed/i.test(words) ? 'no connection' : words];
}

function make_rows(body) {
  return PATHS.map((path) => {
    const row = body.insertRow();
    const [name, result, time, size] = ['path', 'outcome', 'time', 'size'].map((className) =>
      Object.assign(row.insertCell(), { className }),
    );
    name.textContent = `/${path}`;
    result.textContent = '–';
    return { row, result, time, size };
  });
}

const decimals = new Intl.NumberFormat('en');

/** Brings the panel to life; [check_all_c] gives C's way once it is loaded, undefined before. */
export function make_checker(panel, check_all_c) {
  const find = (selector) => panel.querySelector(selector);
  const [go, stop, progress, summary] = ['#check', '#check-stop', 'progress', '#check-summary'].map(find);
  const rows = make_rows(find('tbody'));
  progress.max = PATHS.length;

  function reset() {
    for (const { row, result, time, size } of rows) {
      row.dataset.state = 'waiting';
      [result.textContent, time.textContent, size.textContent] = ['waiting', '', ''];
    }
    progress.value = 0;
    summary.textContent = `0 of ${PATHS.length}`;
  }

  // What is told of each path as it is known.
  function notes(start) {
    return (index, page, error, words) => {
      const { row, result, time, size } = rows[index];
      [row.dataset.state, result.textContent] = outcome(page, error, words);
      time.textContent = `${decimals.format(Math.round(performance.now() - start))} ms`;
      size.textContent = page ? decimals.format(page.size) : '';
      progress.value++;
      summary.textContent = `${progress.value} of ${PATHS.length}`;
    };
  }

  let running;

  async function check() {
    reset();
    const start = performance.now();
    const language = find('[name=language]:checked').value;
    const checks = { paths: PATHS, limit: Number(find('#check-limit').value), checked: notes(start), fetch_page };
    go.disabled = true;
    stop.disabled = false;
    running = (language === 'c' ? check_all_c() : check_all_js)(checks);
    await running.ended;
    go.disabled = false;
    stop.disabled = true;
    const fine = rows.filter(({ row }) => row.dataset.state === 'finished').length;
    const seconds = ((performance.now() - start) / 1e3).toFixed(2);
    const by = language === 'c' ? 'C' : 'JavaScript';
    summary.textContent = `${fine} of ${PATHS.length} are fine; ${by} took ${seconds} s for all`;
  }

  go.addEventListener('click', check);
  stop.addEventListener('click', () => running.cancel());
}
