// "Where is it now": marks the open and the visited elements of one letter on its diagram.
import { Marks, openDiagram, say } from './viewer.js';

const ids = text => (text ?? '').split(/[\s,]+/).filter(Boolean);

async function draw(box) {
  box.dataset.drawn = 'true';
  let viewer;
  try {
    viewer = await openDiagram(box, box.dataset.diagram);
  } catch (trouble) {
    box.textContent = trouble.message;
    return;
  }
  const classes = new Map();
  const badges = new Map();
  for (const id of ids(box.dataset.visited)) {
    classes.set(id, new Set([viewer.get('elementRegistry').get(id)?.waypoints ? 'mark-flow' : 'mark-visited']));
  }
  for (const id of ids(box.dataset.open)) {
    classes.set(id, new Set(['mark-open']));
    badges.set(id, { text: say('▶ di sini', '▶ here'), kind: 'open' });
  }
  new Marks(viewer).show(classes, badges);
}

function drawAll() {
  for (const box of document.querySelectorAll('[data-where]:not([data-drawn])')) draw(box);
}

drawAll();
document.addEventListener('htmx:after:swap', drawAll);
