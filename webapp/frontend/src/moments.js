// What the diagram shows at a moment: a pure function of (frames, position), so every direction costs the same.

/** Words that open, end or carry a token; everything else is what people did or what befell them. */
export const isTechnical = frame => frame.technical;

/**
 * The picture at `position`: event number floor(position) has happened, and a fraction moves the tokens of the
 * next event's flow along their way.
 */
export function pictureAt(frames, position) {
  const last = frames.length - 1;
  const index = Math.max(0, Math.min(last, Math.floor(position)));
  const picture = { index, open: new Map(), visited: new Map(), flows: new Set(), trouble: new Set(), moving: [] };
  for (const frame of frames.slice(0, index + 1)) {
    if (frame.flow) picture.flows.add(frame.element);
    else if (frame.left) picture.visited.set(frame.element, (picture.visited.get(frame.element) ?? 0) + 1);
    if (frame.tone === 'trouble' && frame.element) picture.trouble.add(frame.element);
    if (frame.settles) picture.trouble.delete(frame.element);
  }
  for (const { element } of frames[index].open) picture.open.set(element, (picture.open.get(element) ?? 0) + 1);
  const next = frames[index + 1];
  if (next?.flow && position > index) picture.moving.push({ flow: next.element, share: position - index });
  return picture;
}

/** For every frame the call activity whose process is at work, "" for the letter's own; of a frame without an element that of the one before. */
export function callsOf(frames) {
  let inside = '';
  return frames.map(frame => (inside = frame.element ? frame.inside : inside));
}

/** `call` and the calls around it, the outermost first: what a chain of diagrams leads through. */
export function chainTo(levels, call) {
  const chain = [call];
  while (chain[0]) chain.unshift(levels[chain[0]].around);
  return chain;
}

/**
 * What stands for a place (a frame: the process it lies in, its id there) on the diagram of `call`: itself, or the call
 * activity that leads to it; nothing when it lies elsewhere.
 */
export function standsFor(levels, call, { inside, drawn_as }) {
  let place = { inside, drawn_as };
  while (place.inside !== call) {
    const level = levels[place.inside];
    if (!level || !place.inside) return '';
    place = { inside: level.around, drawn_as: level.drawn_as };
  }
  return place.drawn_as;
}

/** The point that lies `share` (0 to 1) along a line of waypoints. */
export function pointAlong(waypoints, share) {
  const lengths = waypoints.slice(1).map((point, i) => Math.hypot(point.x - waypoints[i].x, point.y - waypoints[i].y));
  let rest = share * lengths.reduce((sum, length) => sum + length, 0);
  for (let i = 0; i < lengths.length; i++) {
    if (rest > lengths[i] && i < lengths.length - 1) { rest -= lengths[i]; continue; }
    const part = lengths[i] ? Math.min(1, rest / lengths[i]) : 0;
    const [from, to] = [waypoints[i], waypoints[i + 1]];
    return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
  }
  return waypoints[0];
}

/** The nearest event in a direction that is worth a stop; technical ones are passed when `peopleOnly`. */
export function stopFrom(frames, index, step, peopleOnly) {
  for (let i = index + step; i >= 0 && i < frames.length; i += step) {
    if (!peopleOnly || !isTechnical(frames[i])) return i;
  }
  return index;
}
