// SPDX-License-Identifier: MIT
// The demo page: its buttons start scenes, in the language that is chosen, and the timeline draws their tasks.
import { load_c } from './c_tasks.mjs';
import { make_checker } from './checker.mjs';
import { js_scenes } from './js_tasks.mjs';
import { Lives } from './lives.mjs';
import { Timeline } from './timeline.mjs';

const find = (selector) => document.querySelector(selector);

let families = 0;
const next = () => ++families;

const lives = new Lives();
const scenes = { generator: js_scenes(lives, 'generator', next), async: js_scenes(lives, 'async', next) };
let check_all_c;

function onChange() {
  find('#empty').hidden = lives.all.length > 0;
  find('#cancel-newest').disabled = find('#cancel-all').disabled = lives.living === 0;
  find('#living').textContent = lives.living === 1 ? '1 task lives' : `${lives.living || 'No'} tasks live`;
}

new Timeline(lives, { list: find('#lives'), axis: find('#axis'), onChange });
onChange();

const kind = () => find('[name=kind]:checked').value;
for (const button of document.querySelectorAll('[data-scene]'))
  button.addEventListener('click', () => scenes[kind()][button.dataset.scene]());
find('#cancel-newest').addEventListener('click', () => lives.cancel_newest());
find('#cancel-all').addEventListener('click', () => lives.cancel_all());
make_checker(find('#checker'), () => check_all_c);

// C's buttons come alive with its program.
try {
  const c = await load_c(lives, next);
  scenes.c = c.scenes;
  check_all_c = c.check_all;
  for (const input of document.querySelectorAll('input[value=c]')) input.disabled = false;
} catch (error) {
  console.warn(`The C tasks are not there: ${error.message}`);
}
document.body.dataset.ready = 'yes';
