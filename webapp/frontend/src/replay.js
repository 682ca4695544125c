// The auditor's replay of one letter: forwards, backwards, played, or moved by hand, on the
// diagram then in force of the process then at work.
import { Chain } from './chain.js';
import { callsOf, chainTo, isTechnical, pictureAt, pointAlong, standsFor, stopFrom } from './moments.js';
import { headline, momentOf, node } from './panel.js';
import { Marks, NotDrawn, fit, openDiagram, redraw, say } from './viewer.js';

const SVG = 'http://www.w3.org/2000/svg';
const STEP_MS = 1100;
const TECHNICAL_STEP_MS = 420;
const NEAR = 0.7;
const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;

class Replay {
  /** `diagrams`: version -> call activity ("": the letter's own process) -> its level; the first of all is open in the viewer. */
  constructor(root, viewer, frames, diagrams) {
    this.root = root;
    this.viewer = viewer;
    this.frames = frames;
    this.diagrams = diagrams;
    this.calls = callsOf(frames);
    this.places = new Map(frames.map(frame => [frame.element, frame]));
    this.drawn = { version: frames[0].version in diagrams ? frames[0].version : Object.keys(diagrams).at(-1), call: '' };
    this.chosen = null;  // the diagram that somebody looks at instead, and the call during which she does
    this.undrawn = new Set();
    this.views = new Map();
    this.opening = false;
    this.registry = viewer.get('elementRegistry');
    this.canvas = viewer.get('canvas');
    this.#prepare();
    this.position = 0;
    this.shown = -1;
    this.timer = 0;
    this.part = name => root.querySelector(`[data-${name}]`);
    this.chain = new Chain(this.part('chain'), call => this.#look(call));
    this.#comeNear();
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
    if (!this.#isDrawn(this.#wanted())) {
      this.#redraw();
      return;
    }
    this.#showChain();
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
      if (this.opening) before = now;  // nothing is passed while its diagram is being drawn
      else if (!calm || gone >= 1) {
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
    this.around = document.createElementNS(SVG, 'rect');
    this.around.setAttribute('class', 'mark-around');
    this.around.setAttribute('rx', '10');
    this.canvas.getLayer('replay-now', 800).append(this.around);
  }

  /** Draw the version then in force of the process then at work; each diagram is seen where it was left. */
  async #redraw() {
    if (this.opening) return;
    this.opening = true;
    try {
      while (!this.#isDrawn(this.#wanted())) await this.#open(this.#wanted());
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

  async #open(wanted) {
    const { address } = this.diagrams[wanted.version][wanted.call];
    this.views.set(this.drawn.call, this.canvas.viewbox());
    try {
      await redraw(this.viewer, address);
    } catch (trouble) {
      if (!(trouble instanceof NotDrawn) || !wanted.call) throw trouble;
      this.undrawn.add(address);
      this.drawn = { version: wanted.version, call: null };
      return;
    }
    this.drawn = wanted;
    this.#showChain();
    this.canvas.resized();
    const view = this.views.get(wanted.call);
    if (view) this.canvas.viewbox({ x: view.x, y: view.y, width: view.width, height: view.height });
    else {
      fit(this.viewer);
      this.#comeNear();
    }
  }

  /** A wide SOP is unreadable as a whole: then the view comes close and goes along. */
  #comeNear() {
    if (this.canvas.zoom() >= NEAR) return;
    this.canvas.zoom(NEAR);
    const box = this.canvas.viewbox();
    this.canvas.viewbox({ ...box, ...within(box, box) });
  }

  /** Look at a calling diagram instead, as long as the same called process is at work. */
  #look(call) {
    this.pause();
    this.chosen = { call, during: this.calls[this.at] };
    this.seek(this.at);
  }

  #isDrawn({ version, call }) { return version === this.drawn.version && call === this.drawn.call; }

  /** What is to be drawn: of a version that nobody knows, or a process without a drawing, what is known around it. */
  #wanted() {
    const version = this.frames[this.at].version in this.diagrams ? this.frames[this.at].version : this.drawn.version;
    const levels = this.diagrams[version];
    if (this.chosen?.during !== this.calls[this.at]) this.chosen = null;
    let call = this.chosen?.call ?? this.calls[this.at];
    if (!(call in levels)) call = '';
    while (call && this.undrawn.has(levels[call].address)) call = levels[call].around;
    return { version, call };
  }

  get levels() { return this.diagrams[this.drawn.version]; }

  /** What stands for a frame on the diagram that is drawn, if anything does. */
  #there(frame) { return frame ? standsFor(this.levels, this.drawn.call, frame) : ''; }

  /** The id of an element or flow on the diagram that is drawn; nothing when it lies on another. */
  #here(element) {
    const place = this.places.get(element);
    return place?.inside === this.drawn.call ? place.drawn_as : '';
  }

  #showChain() {
    const call = this.calls[this.at] in this.levels ? this.calls[this.at] : '';
    const parts = chainTo(this.levels, call).map(each => ({
      call: each, title: this.levels[each].title, undrawn: this.undrawn.has(this.levels[each].address)
    }));
    this.chain.show(parts, this.drawn.call);
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
    for (const flow of picture.flows) add(this.#here(flow), 'mark-flow');
    for (const [element, times] of picture.visited) {
      const id = this.#here(element);
      if (!id || picture.open.has(element)) continue;
      add(id, 'mark-visited');
      if (times > 1 && !this.registry.get(id)?.waypoints) badges.set(id, { text: `✓ ${times}×`, kind: 'visited' });
    }
    for (const [element, tokens] of picture.open) {
      const id = this.#here(element);
      if (!id) continue;
      add(id, 'mark-open');
      const visits = (picture.visited.get(element) ?? 0) + 1;
      badges.set(id, { text: `▶ ${tokens > 1 ? tokens : ''}${visits > 1 ? say(` ke-${visits}`, ` no. ${visits}`) : ''}`.trim(), kind: 'open' });
    }
    for (const id of new Set([...picture.trouble].map(element => this.#there(this.places.get(element))))) {
      if (!id) continue;
      add(id, 'mark-trouble');
      badges.set(id, { text: say('! kendala', '! trouble'), kind: 'trouble' });
    }
    const { frames } = this;
    const now = this.#there(frames[picture.index]);
    if (now) add(now, 'mark-now');
    this.#surround(now);
    this.marks.show(classes, badges);
    this.#follow(now || this.#there(frames.slice(0, picture.index).findLast(frame => this.#there(frame)) ?? frames.find(frame => this.#there(frame))));
  }

  /** A frame of dashes around the shape of the event; a flow has its own mark. */
  #surround(id) {
    const shape = id && this.registry.get(id);
    this.around.setAttribute('visibility', shape && !shape.waypoints ? 'visible' : 'hidden');
    if (!shape || shape.waypoints) return;
    const box = { x: shape.x - 7, y: shape.y - 7, width: shape.width + 14, height: shape.height + 14 };
    for (const [name, value] of Object.entries(box)) this.around.setAttribute(name, value);
  }

  #follow(id) {
    const element = id && this.registry.get(id);
    if (!element) return;
    const box = this.canvas.viewbox();
    const { x, y } = element.waypoints ? element.waypoints[0] : { x: element.x + element.width / 2, y: element.y + element.height / 2 };
    const margin = { x: box.width * 0.12, y: box.height * 0.15 };
    const inside = x >= box.x + margin.x && y >= box.y + margin.y
      && x <= box.x + box.width - margin.x && y <= box.y + box.height - margin.y;
    if (!inside) this.canvas.viewbox({ ...box, ...within(box, { x: x - box.width / 2, y: y - box.height / 2 }) });
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
      const line = moving[i] && this.registry.get(this.#here(moving[i].flow))?.waypoints;
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

/** The corner nearest to the wished one from which a view of this size shows the drawing and little beside it. */
function within({ inner, width, height }, wished) {
  const edge = 40;
  const nearest = (wish, from, drawn, seen) => drawn + 2 * edge <= seen
    ? from - (seen - drawn) / 2
    : Math.max(from - edge, Math.min(wish, from + drawn + edge - seen));
  return { x: nearest(wished.x, inner.x, inner.width, width), y: nearest(wished.y, inner.y, inner.height, height) };
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
