// What the modeler offers: only what the engine executes, as the server tells it.
import * as replaceOptions from 'bpmn-js/lib/features/replace/ReplaceOptions';
import { PopupEntries } from 'bpmn-js/lib/features/popup-menu/PopupEntries';

const LAST = 100;  // the filters see what all others offer
const MENUS = ['bpmn-append', 'bpmn-create', 'bpmn-replace'];

/** Entries of palette and pad that draw what is never executed -> what they draw instead; null: nothing. */
const BETTER = {
  'create.task': 'user-task', 'append.append-task': 'user-task',
  'create.intermediate-event': 'timer-intermediate-catch', 'append.intermediate-event': 'timer-intermediate-catch',
  'append.condition-intermediate-event': null, 'append.signal-intermediate-event': null, 'append.compensation-activity': null
};

const targets = new Map(Object.entries(PopupEntries).map(([id, { target }]) => [id, target]));
for (const options of Object.values(replaceOptions)) {
  for (const option of Object.values(options).flat()) if (option.target) targets.set(option.actionName, option.target);
}

const local = type => type.replace(/^bpmn:(.)/, (_, first) => first.toLowerCase());

class Offered {
  static $inject = ['config.vocabulary', 'popupMenu', 'palette', 'contextPad', 'create', 'elementFactory', 'autoPlace'];

  constructor(vocabulary, popupMenu, palette, contextPad, create, elementFactory, autoPlace) {
    Object.assign(this, { vocabulary, create, elementFactory, autoPlace });
    for (const menu of MENUS) popupMenu.registerProvider(menu, LAST, this);
    palette.registerProvider(LAST, this);
    contextPad.registerProvider(LAST, this);
  }

  getPopupMenuEntries() {
    return entries => kept(entries, key => this.#executed(targets.get(key.replace(/^(append|create)-/, ''))));
  }

  getPopupMenuHeaderEntries() {
    return entries => kept(entries, (_, { options }) => !options?.loopCharacteristics || this.vocabulary.loops.includes(local(options.loopCharacteristics)));
  }

  getPaletteEntries() {
    return entries => this.#bettered(entries, (event, shape) => this.create.start(event, shape));
  }

  getContextPadEntries() {
    return entries => this.#bettered(entries,
      (event, shape, source) => this.create.start(event, shape, { source }),
      (_, shape, source) => this.autoPlace.append(source, shape));
  }

  #executed(target) {
    if (!target || target.type === 'bpmn:Participant') return true;
    const { elements, attributes } = this.vocabulary;
    const event = target.eventDefinitionType ? local(target.eventDefinitionType) : '';
    return (elements[local(target.type)] ?? []).some(known => known.join() === event)
      && Object.entries(attributes).every(([name, harmless]) => String(target[name] ?? harmless) === harmless)
      && !(target.type === 'bpmn:StartEvent' && target.isInterrupting === false);  // stands in event sub-processes only
  }

  #bettered(entries, drag, click = drag) {
    for (const key of Object.keys(entries).filter(each => each in BETTER)) {
      const better = PopupEntries[BETTER[key]];
      if (!better) {
        delete entries[key];
        continue;
      }
      const act = place => (event, source) => place(event, this.elementFactory.createShape({ ...better.target }), source);
      const className = key.endsWith('task') ? 'bpmn-icon-user-task' : better.className;
      entries[key] = { ...entries[key], className, action: { dragstart: act(drag), click: act(click) } };
    }
    return entries;
  }
}

function kept(entries, wanted) {
  return Object.fromEntries(Object.entries(entries).filter(([key, entry]) => wanted(key, entry)));
}

/** What the modeler needs to offer nothing that deployment refuses. */
export const offered = { __init__: ['offered'], offered: ['type', Offered] };
