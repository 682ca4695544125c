// Indonesian for the modeler: the bpmn.io libraries ask this function for every label.
import indonesian from './indonesian.json';

// One library writes "Timer boundary event (non-interrupting)", the next "Timer Boundary Event (Non Interrupting)".
const plain = text => text.toLowerCase().replaceAll('-', ' ');
const byPlain = Object.fromEntries(Object.entries(indonesian).map(([label, words]) => [plain(label), words]));

/** Adds the translation as a module of the modeler; English pages keep the labels of the libraries. */
export function translation(language) {
  const english = language.startsWith('en');
  const translate = (template, replacements = {}) => {
    const found = english ? template : indonesian[template] ?? byPlain[plain(template)] ?? template;
    return found.replace(/{([^}]+)}/g, (whole, name) => replacements[name] ?? whole);
  };
  return { translate: ['value', translate] };
}
