// The auditor's replay of one letter: forwards, backwards, played, or moved by hand, on the diagram then in force.
import { isTechnical, pictureAt, pointAlong, stopFrom } from './moments.js';
import { Marks, openDiagram, redraw, say } from './viewer.js';

const SVG = 'http://www.w3.org/2000/svg';
const STEP_MS = 1100;
const TECHNICAL_STEP_MS = 420;
const NEAR = 0.7;
const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;

class Replay {
  /** `diagrams`: version -> address; the first frame's is open in the viewer. */
  constructor(root, viewer, frames, diagrams) {
    this.root = root;
    this.viewer = viewer;
    this.frames = frames;
    this.diagrams = diagrams;
    this.drawn = frames[0].version;
    this.opening = false;
    this.registry = viewer.get('elementRegistry');
    this.canvas = viewer.get('canvas');
    this.#prepare();
    this.position = 0;
    this.shown = -1;
    this.timer = 0;
    this.part = name => root.querySelector(`[data-${name}]`);
    // A wide SOP is unreadable as a whole: then the view comes close and goes along.
    this.near = this.canvas.zoom() < NEAR;
    if (this.near) this.canvas.zoom(NEAR);
    this.#connect();
    this.seek(this.#wished());
  }

  /** The event at which we are, whether it is drawn already or not. */
  get at() { return Math.floor(this.position); }

  get peopleOnly() { return this.part('people-only').checked; }

  /** Go to a position: whole numbers are events, fractions lie on the way to the next. */
  seek(position) {
    this.position = Math.max(0, Math.min(this.frames.length - 1, position));
    const picture = pictureAt(this.frames, this.position);
    if (this.#wanted() !== this.drawn) {
      this.#redraw();
      return;
    }
    this.#showTokens(picture.moving);
    if (picture.index === this.shown) return;
    this.shown = picture.index;
    this.#showPicture(picture);
    this.#showEvent(picture.index);
  }

  step(direction) {
    this.pause();
    this.seek(stopFrom(this.frames, this.at, direction, this.peopleOnly));
  }

  play() {
    if (this.at >= this.frames.length - 1) this.seek(0);
    this.part('play').setAttribute('aria-pressed', 'true');
    this.#label(say('Jeda', 'Pause'), 'pause-fill');
    let before = performance.now();
    const tick = now => {
      const speed = Number(this.part('speed').value);
      const next = this.frames[this.at + 1];
      const span = (next && isTechnical(next) ? TECHNICAL_STEP_MS : STEP_MS) / speed;
      const gone = (now - before) / span;
      if (!calm || gone >= 1) {
        before = now;
        this.seek(calm ? this.at + 1 : this.position + gone);
      }
      if (this.position >= this.frames.length - 1) this.pause();
      else this.timer = requestAnimationFrame(tick);
    };
    this.timer = requestAnimationFrame(tick);
  }

  pause() {
    cancelAnimationFrame(this.timer);
    this.timer = 0;
    this.part('play').setAttribute('aria-pressed', 'false');
    this.#label(say('Putar', 'Play'), 'play-fill');
    this.seek(this.at);
  }

  #prepare() {
    this.marks = new Marks(this.viewer);
    this.layer = this.canvas.getLayer('replay-tokens', 900);
  }

  /** Draw the version that was in force where we are; the view stays where it was. */
  async #redraw() {
    if (this.opening) return;
    this.opening = true;
    try {
      while (this.#wanted() !== this.drawn) {
        const version = this.#wanted();
        const box = this.canvas.viewbox();
        await redraw(this.viewer, this.diagrams[version]);
        this.canvas.viewbox({ x: box.x, y: box.y, width: box.width, height: box.height });
        this.drawn = version;
      }
      this.#prepare();
    } catch (trouble) {
      this.pause();
      this.part('moment').textContent = trouble.message;
      return;
    } finally {
      this.opening = false;
    }
    this.shown = -1;
    this.seek(this.position);
  }

  /** The version to be drawn; of one that nobody knows there is nothing to draw. */
  #wanted() {
    const { version } = this.frames[this.at];
    return version in this.diagrams ? version : this.drawn;
  }

  #connect() {
    const range = this.part('range');
    range.max = this.frames.length - 1;
    range.addEventListener('input', () => { this.pause(); this.seek(Number(range.value)); });
    this.part('play').addEventListener('click', () => (this.timer ? this.pause() : this.play()));
    this.part('first').addEventListener('click', () => { this.pause(); this.seek(0); });
    this.part('last').addEventListener('click', () => { this.pause(); this.seek(this.frames.length - 1); });
    this.part('previous').addEventListener('click', () => this.step(-1));
    this.part('next').addEventListener('click', () => this.step(1));
    this.part('people-only').addEventListener('change', () => {
      this.part('events').classList.toggle('replay-people-only', this.peopleOnly);
    });
    this.part('events').classList.toggle('replay-people-only', this.peopleOnly);
    this.#listEvents();
    document.addEventListener('keydown', event => this.#key(event));
    document.addEventListener('click', event => {
      const asked = event.target.closest('[data-show-frame]');
      if (!asked) return;
      this.pause();
      this.seek(Number(asked.dataset.showFrame) - 1);
      this.root.scrollIntoView({ behavior: calm ? 'auto' : 'smooth' });
    });
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches('input, select, textarea')) return;
    const acts = {
      ArrowRight: () => this.step(1), ArrowLeft: () => this.step(-1),
      Home: () => { this.pause(); this.seek(0); },
      End: () => { this.pause(); this.seek(this.frames.length - 1); },
      ' ': () => (this.timer ? this.pause() : this.play())
    };
    // Space on a button presses the button, as everywhere.
    if (!acts[event.key] || (event.key === ' ' && event.target.closest('button, a, summary'))) return;
    event.preventDefault();
    acts[event.key]();
  }

  #listEvents() {
    const list = this.part('events');
    list.replaceChildren(...this.frames.map((frame, i) => {
      const item = node('li', isTechnical(frame) ? 'is-technical-row' : '');
      const button = node('button', `tone-${frame.tone}${isTechnical(frame) ? ' is-technical' : ''}`);
      button.type = 'button';
      button.append(node('span', 'replay-number', String(frame.number)), node('span', '', headline(frame)), node('time', '', frame.time));
      button.addEventListener('click', () => { this.pause(); this.seek(i); });
      item.append(button);
      return item;
    }));
  }

  #showPicture(picture) {
    const classes = new Map();
    const badges = new Map();
    const add = (id, name) => classes.set(id, (classes.get(id) ?? new Set()).add(name));
    for (const flow of picture.flows) add(flow, 'mark-flow');
    for (const [id, times] of picture.visited) {
      if (picture.open.has(id)) continue;
      add(id, 'mark-visited');
      if (times > 1 && !this.registry.get(id)?.waypoints) badges.set(id, { text: `✓ ${times}×`, kind: 'visited' });
    }
    for (const [id, tokens] of picture.open) {
      add(id, 'mark-open');
      const visits = (picture.visited.get(id) ?? 0) + 1;
      badges.set(id, { text: `▶ ${tokens > 1 ? tokens : ''}${visits > 1 ? say(` ke-${visits}`, ` no. ${visits}`) : ''}`.trim(), kind: 'open' });
    }
    for (const id of new Set(picture.trouble.values())) {
      add(id, 'mark-trouble');
      badges.set(id, { text: say('! kendala', '! trouble'), kind: 'trouble' });
    }
    const now = this.frames[picture.index].drawn_as;
    if (now) add(now, 'mark-now');
    this.marks.show(classes, badges);
    const before = this.frames.slice(0, picture.index).findLast(frame => frame.element);
    this.#follow(now || (before ?? this.frames.find(frame => frame.element))?.drawn_as);
  }

  #follow(id) {
    const element = id && this.registry.get(id);
    if (!element) return;
    const box = this.canvas.viewbox();
    const { x, y } = element.waypoints ? element.waypoints[0] : { x: element.x + element.width / 2, y: element.y + element.height / 2 };
    const margin = { x: box.width * 0.12, y: box.height * 0.15 };
    const inside = x >= box.x + margin.x && y >= box.y + margin.y
      && x <= box.x + box.width - margin.x && y <= box.y + box.height - margin.y;
    if (!inside) this.canvas.viewbox({ ...box, x: x - box.width / 2, y: y - box.height / 2 });
  }

  #showTokens(moving) {
    while (this.layer.childNodes.length < moving.length) {
      const token = document.createElementNS(SVG, 'g');
      token.setAttribute('class', 'mark-token');
      const circle = document.createElementNS(SVG, 'circle');
      circle.setAttribute('r', '10');
      token.append(circle);
      this.layer.append(token);
    }
    [...this.layer.childNodes].forEach((token, i) => {
      const line = moving[i] && this.registry.get(moving[i].flow)?.waypoints;
      token.setAttribute('visibility', line ? 'visible' : 'hidden');
      if (!line) return;
      const at = pointAlong(line, moving[i].share);
      token.setAttribute('transform', `translate(${at.x} ${at.y})`);
    });
  }

  #showEvent(index) {
    const frame = this.frames[index];
    const range = this.part('range');
    range.value = String(index);
    range.setAttribute('aria-valuetext', `${frame.number}: ${headline(frame)}, ${frame.time}`);
    this.part('count').textContent = `${frame.number} / ${this.frames.length}`;
    const list = this.part('events');
    list.querySelector('[aria-current]')?.removeAttribute('aria-current');
    const item = list.children[index];
    item.setAttribute('aria-current', 'step');
    list.scrollTop = item.offsetTop - list.clientHeight / 2;
    this.part('moment').replaceChildren(...momentOf(frame, Object.keys(this.diagrams).length > 1));
    window.history.replaceState(null, '', `#${frame.number}`);
  }

  #wished() {
    const number = Number(location.hash.slice(1));
    return number >= 1 && number <= this.frames.length ? number - 1 : 0;
  }

  #label(text, icon) {
    const use = this.part('play').querySelector('use');
    use.setAttribute('href', use.getAttribute('href').replace(/#.*/, `#${icon}`));
    this.part('play').querySelector('span').textContent = text;
  }
}

const headline = frame => [frame.label, frame.element_name, frame.actor, isTechnical(frame) ? '' : frame.note].filter(Boolean).join(' · ');

function node(tag, className = '', text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** The panel of one moment: who, in which position, for whom, when, why, with which document, and the data. */
function momentOf(frame, moved) {
  const list = node('dl');
  const row = (name, value) => {
    if (!value) return;
    const cell = node('dd');
    cell.append(value);
    list.append(node('dt', '', name), cell);
  };
  row(say('Langkah', 'Step'), frame.element_name + (frame.occurrence > 1 ? say(` (ke-${frame.occurrence})`, ` (no. ${frame.occurrence})`) : ''));
  row(say('Pelaku', 'Who'), frame.actor);
  row(say('Jabatan', 'Position'), frame.position);
  row(say('Atas nama', 'On behalf of'), frame.on_behalf_of);
  row(say('Waktu', 'When'), frame.at);
  row(say('Alasan', 'Why'), frame.reason);
  row(say('Keterangan', 'Note'), frame.note);
  if (moved) row(say('Versi SOP', 'SOP version'), String(frame.version));
  if (frame.document) {
    const link = node('a', '', frame.document.label);
    link.href = frame.document.url;
    link.target = '_blank';
    link.rel = 'noopener';
    row(say('Dokumen saat itu', 'Document then'), link);
  } else if (frame.document_note) row(say('Dokumen saat itu', 'Document then'), frame.document_note);
  const pill = node('p', `alur-pill alur-pill-${{ trouble: 'bad', intervention: 'warn', warning: 'warn' }[frame.tone] ?? 'wait'} mb-0`, frame.label);
  return [pill, node('h2', '', frame.element_name || frame.label), list, ...dataOf(frame), ...proofOf(frame)];
}

function dataOf(frame) {
  if (!frame.data.length) return [];
  const changed = frame.data.filter(row => row.changed);
  const same = frame.data.filter(row => !row.changed);
  const parts = [];
  if (changed.length) parts.push(node('h3', '', say('Data sebelum dan sesudah', 'Data before and after')), dataTable(changed));
  if (same.length) {
    const rest = node('details', 'mt-3');
    rest.append(node('summary', '', say(`Data yang tetap (${same.length})`, `Unchanged data (${same.length})`)), dataTable(same));
    parts.push(rest);
  }
  return parts;
}

function dataTable(rows) {
  const table = node('table', 'replay-data');
  const head = node('tr');
  for (const text of [say('Data', 'Data'), say('Sebelum', 'Before'), say('Sesudah', 'After')]) {
    const cell = node('th', '', text);
    cell.scope = 'col';
    head.append(cell);
  }
  const top = node('thead');
  top.append(head);
  const body = node('tbody');
  for (const { name, before, after, changed } of rows) {
    const line = node('tr', changed ? 'is-changed' : '');
    const title = node('th', '', name);
    title.scope = 'row';
    const old = node('td');
    old.append(changed && before ? node('del', '', before) : before);
    line.append(title, old, node('td', '', after));
    body.append(line);
  }
  table.append(top, body);
  return table;
}

function proofOf(frame) {
  const proof = node('p', 'alur-hash alur-soft mt-3 mb-0', `SHA-256 ${frame.hash}`);
  return [proof];
}

async function begin(root) {
  const box = root.querySelector('[data-canvas]');
  try {
    const [viewer, answer] = await Promise.all([openDiagram(box, root.dataset.diagram), fetch(root.dataset.frames)]);
    if (!answer.ok) throw new Error(say('Riwayat tidak dapat dimuat.', 'The history cannot be loaded.'));
    const { frames } = await answer.json();
    if (frames.length) new Replay(root, viewer, frames, JSON.parse(root.dataset.diagrams));
    root.dataset.ready = 'true';
  } catch (trouble) {
    box.textContent = trouble.message;
  }
}

const root = document.querySelector('[data-replay]');
if (root) begin(root);
