// Indonesian for the modeler: the bpmn.io libraries ask this function for every label.
import indonesian from './indonesian.json';

const capital = text => text.charAt(0).toUpperCase() + text.slice(1);

/** Adds the translation as a module of the modeler; English pages keep the labels of the libraries. */
export function translation(language) {
  const words = language.startsWith('en') ? {} : indonesian;
  const translate = (template, replacements = {}) => {
    const found = words[template] ?? words[capital(template)] ?? template;
    return found.replace(/{([^}]+)}/g, (whole, name) => replacements[name] ?? whole);
  };
  return { translate: ['value', translate] };
}
