// SPDX-License-Identifier: MIT
// Tells the person in front of the terminal what is going on: a line when a step ends, and a sign of life from those
// that take long.
const HEARTBEAT = 10; // seconds

const running = new Map(); // title -> {since, line}
let timer;

const seconds = (since) => (performance.now() - since) / 1e3;

function beat() {
  for (const [title, { since, line }] of running) {
    if (seconds(since) >= HEARTBEAT)
      console.log(`  ${Math.round(seconds(since))} s  ${title}${line ? `: ${line}` : ''}`);
  }
}

function begin(title) {
  timer ??= setInterval(beat, HEARTBEAT * 1e3);
  running.set(title, { since: performance.now(), line: '' });
}

function end(title) {
  running.delete(title);
  if (running.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

// Runs [work] under [title]. It is given a function for the latest line of what it runs.
export async function step(title, work) {
  begin(title);
  try {
    return await work((line) => (running.get(title).line = line));
  } finally {
    end(title);
  }
}

// The same with a line at the start and one at the end, for what runs alone.
export async function announce(title, work) {
  const since = performance.now();
  console.log(`${title} ...`);
  const result = await step(title, work);
  console.log(`${title}: done in ${seconds(since).toFixed(1)} s`);
  return result;
}

// Runs the functions [jobs], [width] at a time, and gives their results in order.
export async function pool(jobs, width) {
  const results = [];
  const queue = jobs.entries();
  const worker = async () => {
    for (const [index, job] of queue) results[index] = await job();
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
