// SPDX-License-Identifier: MIT
// How a page is asked, whatever drives it.

// An expression for the page: its value is a text of JSON, since WebDriver makes null of undefined.
export const expression = (call, args) =>
  `(async () => JSON.stringify(await (${call})(...${JSON.stringify(args)})))()`;

export const answer = (text) => JSON.parse(text ?? 'null');

// Asks the page until it says yes; at most [seconds].
export async function waitFor(page, call, args = [], seconds = 60) {
  const end = performance.now() + seconds * 1e3;
  while (!(await page.evaluate(call, ...args))) {
    if (performance.now() > end) throw new Error(`After ${seconds} s still not: ${call} of ${JSON.stringify(args)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
