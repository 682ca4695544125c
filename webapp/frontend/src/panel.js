// What the replay says of one moment beside the drawing: who, when, why, and the data.
import { isTechnical } from './moments.js';
import { say } from './viewer.js';

/** A moment in one line. */
export const headline = frame => [frame.label, frame.element_name, frame.actor, isTechnical(frame) ? '' : frame.note].filter(Boolean).join(' · ');

/** An element with a class and a text. */
export function node(tag, className = '', text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** The panel of one moment: who, in which position, for whom, when, why, with which document, and the data. */
export function momentOf(frame, moved) {
  const list = node('dl');
  const row = (name, value) => {
    if (!value) return;
    const cell = node('dd');
    cell.append(value);
    list.append(node('dt', '', name), cell);
  };
  row(say('Langkah', 'Step'), frame.element_name + (frame.occurrence > 1 ? say(` (ke-${frame.occurrence})`, ` (no. ${frame.occurrence})`) : ''));
  row(say('Dalam', 'Within'), frame.process);
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
