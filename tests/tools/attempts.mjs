// SPDX-License-Identifier: MIT
// For tests of whole programs on the real clock. Their timers lie 0.1 s apart and more, but a machine that others keep
// busy may stand still for longer once, and then the order of what they print is another, or the time they take. What
// is a mistake is one every time.
const MOST = 3;

/** Calls [check] until it passes, three times at most; the test [t] says which times it did not. */
export async function attempts(t, check) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await check();
    } catch (error) {
      if (attempt === MOST) throw error;
      t.diagnostic(`Attempt ${attempt} of ${MOST}: ${error.message}`);
    }
  }
}
