// A drawing that is read, not edited: opened from an address, panned, zoomed and marked.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

/** Opens the diagram at `url` inside `container`. Rejects with an Error whose message people can read. */
export async function openDiagram(container, url) {
  const viewer = new NavigatedViewer({ container });
  await redraw(viewer, url);
  fit(viewer);
  addTools(container, viewer);
  followFingers(container, viewer);
  return viewer;
}

/** That a process was published without a drawing: it runs, and cannot be shown. */
export class NotDrawn extends Error {}

/** Draws another diagram in the same place; marks and overlays of the one before are gone. Rejects like `openDiagram`. */
export async function redraw(viewer, url) {
  const answer = await fetch(url, { headers: { Accept: 'application/xml' } });
  if (!answer.ok) throw new Error(say('Diagram tidak dapat dimuat.', 'The diagram cannot be loaded.'));
  const source = await answer.text();
  try {
    await viewer.importXML(source);
  } catch {
    throw new NotDrawn(say('Proses ini diterbitkan tanpa gambar.', 'This process was published without a drawing.'));
  }
}

export function fit(viewer) {
  viewer.get('canvas').zoom('fit-viewport', 'auto');
}

/** Indonesian, or English on an English page. */
export function say(indonesian, english) {
  return document.documentElement.lang.startsWith('en') ? english : indonesian;
}

/** Keeps the marks of a drawing equal to a wanted set: element -> classes, element -> badge. */
export class Marks {
  constructor(viewer) {
    this.canvas = viewer.get('canvas');
    this.overlays = viewer.get('overlays');
    this.registry = viewer.get('elementRegistry');
    this.classes = new Map();
    this.badges = new Map();
  }

  /** `classes`: Map of element id -> Set of class names; `badges`: Map of element id -> {text, kind}. */
  show(classes, badges) {
    for (const [id, standing] of this.classes) {
      for (const name of standing) if (!classes.get(id)?.has(name)) this.canvas.removeMarker(id, name);
    }
    for (const [id, wanted] of classes) {
      if (!this.registry.get(id)) continue;
      for (const name of wanted) if (!this.classes.get(id)?.has(name)) this.canvas.addMarker(id, name);
    }
    this.classes = new Map([...classes].filter(([id]) => this.registry.get(id)));
    this.#showBadges(badges);
  }

  #showBadges(badges) {
    for (const [id, standing] of this.badges) {
      const wanted = badges.get(id);
      if (wanted?.text === standing.text && wanted.kind === standing.kind) continue;
      this.overlays.remove(standing.overlay);
      this.badges.delete(id);
    }
    for (const [id, { text, kind }] of badges) {
      if (this.badges.has(id) || !this.registry.get(id)) continue;
      const html = document.createElement('div');
      html.className = `mark-badge mark-badge-${kind}`;
      html.textContent = text;
      const overlay = this.overlays.add(id, { position: { top: -12, left: 6 }, html });
      this.badges.set(id, { text, kind, overlay });
    }
  }
}

function addTools(container, viewer) {
  const canvas = viewer.get('canvas');
  const tools = document.createElement('div');
  tools.className = 'alur-diagram-tools';
  const button = (text, label, act) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.title = label;
    made.setAttribute('aria-label', label);
    made.addEventListener('click', act);
    tools.append(made);
  };
  button('+', say('Perbesar diagram', 'Enlarge the diagram'), () => canvas.zoom(canvas.zoom() * 1.25));
  button('−', say('Perkecil diagram', 'Shrink the diagram'), () => canvas.zoom(canvas.zoom() / 1.25));
  button('⤢', say('Tampilkan seluruh diagram', 'Show the whole diagram'), () => fit(viewer));
  container.append(tools);
}

/** One finger moves the drawing, two fingers enlarge it: the library listens to the mouse only. */
function followFingers(container, viewer) {
  const canvas = viewer.get('canvas');
  const fingers = new Map();
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  container.addEventListener('pointerdown', event => {
    if (event.pointerType === 'touch') fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  container.addEventListener('pointermove', event => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const wide = fingers.size === 2 ? spread() : 0;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 1) canvas.scroll({ dx: event.clientX - before.x, dy: event.clientY - before.y });
    else if (wide) canvas.zoom(canvas.zoom() * (spread() / wide));
  });
  for (const name of ['pointerup', 'pointercancel', 'pointerleave']) {
    container.addEventListener(name, event => fingers.delete(event.pointerId));
  }
}
