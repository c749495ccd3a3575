// SPDX-License-Identifier: MIT
// The page's side of demo/page_tasks.c, a runtime of its own: orders go to its main through a promise of the next one,
// and what it calls back becomes lives on the timeline.

const PER_FAMILY = 10; // a family's first number is its head's
const STATES = { OK: 'finished', CancelledError: 'cancelled', TimeoutError: 'timed_out' };

/** Loads the program; gives its scenes and its URL checker. */
export async function load_c(lives, next) {
  const orders = [];
  const known = new Map(); // lives and checks by number
  let taken; // resolves what main awaits

  const order = (what, life, more = {}) => {
    orders.push({ what, life, ...more });
    hand_over();
  };
  const hand_over = () => {
    if (!taken || orders.length === 0) return;
    taken(orders.shift());
    taken = undefined;
  };

  let last_life = 0;
  const new_life = () => (last_life += PER_FAMILY);
  let checking; // what the URL checker gave

  const page = {
    nextOrder: () => new Promise((resolve) => ((taken = resolve), ready(), hand_over())),
    born(family, child, name) {
      const parent = child ? known.get(family) : undefined;
      const life = lives.born({ name: child ? name : `${name} ${next()}`, kind: 'c', parent });
      life.cancel = () => order('cancel', family + child);
      known.set(family + child, life);
    },
    step: (life) => known.get(life)?.step(),
    cleaning: (life) => known.get(life)?.cleaning(),
    ended(number, error, words) {
      known.get(number)?.end(STATES[error] ?? 'failed', words || error);
      known.delete(number);
    },
    fetchPage: (index, signal) => checking.fetch_page(checking.paths[index], signal),
    checked: (index, answer, error, words) => checking.checked(index, answer, error === 'OK' ? '' : error, words),
  };

  let ready;
  const started = new Promise((resolve) => (ready = resolve));
  globalThis.Module = { page };
  await add_script('/programs/page_tasks.js');
  await started;

  const ordering = (what) => () => order(what, new_life());
  return {
    scenes: {
      start: ordering('start'),
      fail: ordering('fail'),
      gather: ordering('gather'),
      limit: ordering('limit'),
      shield() {
        const life = new_life();
        order('shield', life);
        setTimeout(() => order('cancel', life), 1000);
      },
    },
    /** Checks all paths in C; gives a promise of the end and what cancels it. */
    check_all(checks) {
      checking = checks;
      const life = new_life();
      const ended = new Promise((end) => known.set(life, { end }));
      order('check', life, { count: checks.paths.length, milliseconds: checks.limit * 1e3 });
      return { ended, cancel: () => order('cancel', life) };
    },
  };
}

function add_script(address) {
  const script = document.createElement('script');
  script.src = address;
  return new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${address} cannot be loaded`));
    document.head.append(script);
  });
}
