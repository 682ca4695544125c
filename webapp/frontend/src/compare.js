// Two versions of a diagram beside each other, with what was added, removed and changed marked on both.
import { Marks, openDiagram, say } from './viewer.js';

const WORDS = { added: say('+ baru', '+ new'), removed: say('− dihapus', '− removed'), changed: say('Δ berubah', 'Δ changed') };

async function draw(box) {
  let viewer;
  try {
    viewer = await openDiagram(box, box.dataset.diagram);
  } catch (trouble) {
    box.textContent = trouble.message;
    return;
  }
  const classes = new Map();
  const badges = new Map();
  for (const kind of Object.keys(WORDS)) {
    for (const id of (box.dataset[kind] ?? '').split(' ').filter(Boolean)) {
      classes.set(id, new Set([`mark-${kind}`]));
      badges.set(id, { text: WORDS[kind], kind: kind === 'removed' ? 'trouble' : kind === 'added' ? 'visited' : 'open' });
    }
  }
  new Marks(viewer).show(classes, badges);
  box.viewer = viewer;
}

const boxes = [...document.querySelectorAll('[data-compare]')];
await Promise.all(boxes.map(draw));

// A press on a line of the list shows its element on both drawings.
document.addEventListener('click', event => {
  const asked = event.target.closest('[data-show-element]');
  if (!asked) return;
  for (const { viewer } of boxes) {
    const element = viewer?.get('elementRegistry').get(asked.dataset.showElement);
    if (!element) continue;
    viewer.get('canvas').zoom(1);
    viewer.get('canvas').scrollToElement(element, 120);
  }
  boxes[0]?.scrollIntoView({ block: 'center' });
});
