// The process owner's modeler: opens a version, edits it, asks the engine what it thinks, publishes.
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule } from 'bpmn-js-properties-panel';
import { ElementTemplatesPropertiesProviderModule } from 'bpmn-js-element-templates';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import Modeler from 'bpmn-js/lib/Modeler';
import behaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import lintModule from 'bpmn-js-bpmnlint';
import minimapModule from 'diagram-js-minimap';
import simulationModule from 'bpmn-js-token-simulation';

import lintRules from 'bpmnlintrc:lint-rules.json';
import { offered } from './offered.js';
import { templateMenus } from './templates.js';
import { translation } from './translate.js';

const language = document.documentElement.lang;
const say = (indonesian, english) => (language.startsWith('en') ? english : indonesian);
const AUTOSAVE_MS = 800;
const PALETTE_WIDTH = 135;

class Desk {
  constructor(root) {
    this.root = root;
    this.addresses = root.dataset;
    this.draftKey = `alur-diagram:${root.dataset.key}`;
    this.findings = [];
    this.dirty = false;
    this.modeler = new Modeler({
      container: this.part('canvas'),
      propertiesPanel: { parent: this.part('panel') },
      vocabulary: JSON.parse(this.addresses.vocabulary),
      linting: { bpmnlint: lintRules, active: false },
      additionalModules: [
        BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ElementTemplatesPropertiesProviderModule, behaviors,
        CreateAppendAnythingModule, ...templateMenus, offered, lintModule, minimapModule, simulationModule, translation(language)
      ],
      moddleExtensions: { camunda }
    });
  }

  part(name) { return this.root.querySelector(`[data-${name}]`); }

  async open() {
    const [source, templates] = await Promise.all([fetch(this.addresses.source), fetch(this.addresses.templates)]);
    if (!source.ok) throw new Error(say('Diagram tidak dapat dimuat.', 'The diagram cannot be loaded.'));
    if (templates.ok) this.modeler.get('elementTemplatesLoader').setTemplates(await templates.json());
    this.published = await source.text();
    this.foreign = false;  // whether the drawing came from a file or a kept draft
    await this.#show(this.published);
    this.#connect();
    this.#offerDraft();
    this.root.dataset.ready = 'true';
  }

  /** The diagram as it stands; byte for byte the published one as long as nothing was changed. */
  async xml() {
    return this.dirty ? (await this.modeler.saveXML({ format: true })).xml : this.published;
  }

  /** The whole diagram, right of the palette. */
  fit() {
    const canvas = this.modeler.get('canvas');
    canvas.zoom('fit-viewport', 'auto');
    const box = canvas.viewbox();
    const palette = PALETTE_WIDTH / box.scale;
    canvas.viewbox({ x: box.inner.x - palette, y: box.y, width: box.inner.width + palette * 1.2, height: box.height });
  }

  async #show(xml, foreign = false) {
    await this.modeler.importXML(xml);
    this.foreign = foreign;
    this.fit();
    this.#showFindings([]);
    this.#setDirty(foreign);
  }

  #connect() {
    const acts = {
      examine: () => this.examine(), publish: () => this.askToPublish(), download: () => this.download(),
      undo: () => this.modeler.get('commandStack').undo(), redo: () => this.modeler.get('commandStack').redo(),
      fit: () => this.fit()
    };
    this.root.addEventListener('click', event => {
      const button = event.target.closest('[data-act]');
      if (button) acts[button.dataset.act]?.();
    });
    this.part('upload').addEventListener('change', event => this.upload(event.target));
    const confirm = this.part('confirm');
    confirm.addEventListener('close', () => { if (confirm.returnValue === 'publish') this.publish(); });
    let timer = 0;
    this.modeler.on('commandStack.changed', () => {
      this.#setDirty(this.foreign || this.modeler.get('commandStack').canUndo());
      clearTimeout(timer);
      timer = setTimeout(() => this.#keepDraft(), AUTOSAVE_MS);
    });
    window.addEventListener('beforeunload', event => { if (this.dirty) event.preventDefault(); });
    this.#nameSimulation();
    this.modeler.on('tokenSimulation.toggleMode', () => this.#nameSimulation());
    // On a low screen the palette scrolls, with the keyboard too.
    const palette = this.root.querySelector('.djs-palette');
    palette?.setAttribute('tabindex', '0');
    palette?.setAttribute('role', 'group');
    palette?.setAttribute('aria-label', say('Alat gambar', 'Drawing tools'));
  }

  /** The simulation writes its own button, always in English. */
  #nameSimulation() {
    const button = this.root.querySelector('.bts-toggle-mode');
    if (button) button.firstChild.textContent = `${say('Simulasi', 'Simulation')} `;
  }

  /** Ask the engine; nothing is stored. Returns whether the diagram is sound. */
  async examine() {
    const answer = await this.#post(this.addresses.examine);
    if (!answer) return false;
    this.#showFindings(answer.findings, true);
    const count = answer.findings.length;
    if (count) this.note(answer.sound ? 'warning' : 'danger', say(`${count} temuan; lihat tandanya pada diagram dan daftar di bawahnya.`, `${count} findings; see the marks on the diagram and the list below it.`));
    else this.note('success', say('Tidak ada temuan. Diagram dapat diterbitkan.', 'No findings. The diagram can be published.'));
    return answer.sound;
  }

  async askToPublish() {
    if (!this.dirty && this.addresses.newest) {
      this.note('info', say('Belum ada perubahan; tidak ada yang perlu diterbitkan.', 'Nothing was changed, so there is nothing to publish.'));
      return;
    }
    if (await this.examine()) this.part('confirm').showModal();
    else if (this.findings.length) {
      this.note('danger', say('Belum dapat diterbitkan: perbaiki dahulu temuan di bawah.', 'Cannot be published yet: mend the findings below first.'));
    }
  }

  async publish() {
    const answer = await this.#post(this.addresses.publish);
    if (!answer) return;
    this.#showFindings(answer.findings ?? []);
    if (!answer.published) {
      this.note(answer.findings?.length ? 'danger' : 'info', answer.sentence);
      return;
    }
    localStorage.removeItem(this.draftKey);
    this.#setDirty(false);
    location.assign(answer.url);
  }

  async download() {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([await this.xml()], { type: 'application/xml' }));
    link.download = `${this.addresses.process}.bpmn`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async upload(input) {
    const [file] = input.files;
    input.value = '';
    if (!file) return;
    const [before, wasDirty] = [await this.xml(), this.dirty];
    try {
      await this.#show(await file.text(), true);
      this.#keepDraft();
      this.note('info', say(`Berkas ${file.name} dibuka. Periksa, lalu terbitkan bila sudah benar.`, `${file.name} is open. Examine it, then publish when it is right.`));
    } catch {
      await this.#show(before, wasDirty);
      this.note('danger', say(`Berkas ${file.name} bukan diagram BPMN yang dapat dibaca.`, `${file.name} is no BPMN diagram that can be read.`));
    }
  }

  note(kind, text, ...more) {
    const box = document.createElement('div');
    box.className = `alert alert-${kind} py-2 px-3 d-flex flex-wrap gap-2 align-items-center`;
    const words = document.createElement('span');
    words.textContent = text;
    box.append(words, ...more);
    this.part('note').replaceChildren(box);
  }

  async #post(address) {
    this.part('note').replaceChildren();
    this.root.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(address, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/xml', Accept: 'application/json',
          'X-CSRFToken': document.querySelector('meta[name="csrf-token"]')?.content ?? ''
        },
        body: await this.xml()
      });
      if (!answer.headers.get('Content-Type')?.includes('json')) {
        if (answer.redirected || answer.status === 400) {
          this.note('danger', say('Sesi Anda sudah berakhir. Perubahan Anda tersimpan di peramban ini: muat ulang halaman, masuk, lalu tekan Pulihkan.', 'Your session has ended. Your changes are kept in this browser: reload the page, sign in, then press Restore.'));
          return null;
        }
        throw new Error(String(answer.status));
      }
      return await answer.json();
    } catch {
      this.note('danger', say('Server tidak menjawab. Perubahan Anda tersimpan di peramban ini; coba lagi.', 'The server did not answer. Your changes are kept in this browser; try again.'));
      return null;
    } finally {
      this.root.removeAttribute('aria-busy');
    }
  }

  #showFindings(findings, asked = false) {
    this.findings = findings;
    const overlays = this.modeler.get('overlays');
    overlays.remove({ type: 'finding' });
    const byElement = Map.groupBy ? Map.groupBy(findings, one => one.element) : grouped(findings);
    for (const [id, some] of byElement) {
      if (!this.modeler.get('elementRegistry').get(id)) continue;
      const mark = document.createElement('button');
      mark.type = 'button';
      mark.className = `modeler-finding${some.some(one => one.severity === 'error') ? ' is-error' : ''}`;
      mark.textContent = `!${some.length > 1 ? some.length : ''}`;
      mark.title = some.map(one => one.message).join('\n');
      mark.addEventListener('click', () => this.#select(id));
      overlays.add(id, 'finding', { position: { top: -12, right: 10 }, html: mark });
    }
    this.part('findings').replaceChildren(...this.#findingList(asked));
    this.part('findings').hidden = !asked && !findings.length;
  }

  #findingList(asked) {
    const head = document.createElement('h2');
    if (!this.findings.length) {
      head.textContent = asked ? say('✓ Tidak ada temuan. Diagram dapat diterbitkan.', '✓ No findings. The diagram can be published.') : '';
      return [head];
    }
    head.textContent = say(`${this.findings.length} temuan`, `${this.findings.length} findings`);
    const list = document.createElement('ul');
    for (const finding of this.findings) {
      const item = document.createElement('li');
      item.className = finding.severity === 'error' ? 'is-error' : '';
      const button = document.createElement('button');
      button.type = 'button';
      const id = document.createElement('code');
      id.textContent = finding.element;
      const word = finding.severity === 'error' ? say('Kesalahan', 'Error') : say('Peringatan', 'Warning');
      button.append(`${word}: ${finding.message} `, id);
      button.addEventListener('click', () => this.#select(finding.element));
      item.append(button);
      list.append(item);
    }
    return [head, list];
  }

  #select(id) {
    const element = this.modeler.get('elementRegistry').get(id);
    if (!element) return;
    this.modeler.get('selection').select(element);
    this.modeler.get('canvas').scrollToElement(element, 120);
  }

  #setDirty(dirty) {
    this.dirty = dirty;
    this.part('state').textContent = dirty ? say('● Ada perubahan yang belum diterbitkan', '● Unpublished changes') : say('Sama dengan versi terbitan', 'Same as the published version');
  }

  async #keepDraft() {
    // A browser without room for the draft still lets the owner work on.
    try { localStorage.setItem(this.draftKey, await this.xml()); } catch { /* the warning on leaving remains */ }
  }

  #offerDraft() {
    const draft = localStorage.getItem(this.draftKey);
    if (!draft || draft === this.published) return;
    const button = (text, act) => {
      const made = document.createElement('button');
      made.type = 'button';
      made.className = 'btn btn-sm btn-outline-secondary';
      made.textContent = text;
      made.addEventListener('click', async () => { this.part('note').replaceChildren(); await act(); });
      return made;
    };
    this.note('warning', say('Ada perubahan Anda yang belum diterbitkan di peramban ini.', 'This browser keeps changes of yours that were not published.'),
      button(say('Pulihkan', 'Restore'), () => this.#show(draft, true)),
      button(say('Buang', 'Discard'), () => localStorage.removeItem(this.draftKey)));
  }
}

function grouped(findings) {
  const groups = new Map();
  for (const finding of findings) groups.set(finding.element, [...(groups.get(finding.element) ?? []), finding]);
  return groups;
}

const root = document.querySelector('[data-modeler]');
const desk = new Desk(root);
root.desk = desk;
desk.open().catch(trouble => desk.note('danger', trouble.message));
