// What every page loads: the few moving parts of Bootstrap, htmx, and our own manners.
import 'bootstrap/js/dist/alert';
import 'bootstrap/js/dist/collapse';
import 'bootstrap/js/dist/dropdown';
import 'bootstrap/js/dist/offcanvas';
import htmx from 'htmx.org';

// A server in trouble must not replace a part of the page with its apology.
htmx.config.noSwap = [204, 304, '5xx'];

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? '';

// Each request of htmx carries the CSRF token, wherever in the page it starts.
document.addEventListener('htmx:config:request', event => {
  event.detail.ctx.request.headers['X-CSRFToken'] = token();
});

// After a refused form the eye and the screen reader go to the summary of errors.
document.addEventListener('htmx:after:swap', () => focusSummary());
document.addEventListener('DOMContentLoaded', () => focusSummary());

function focusSummary() {
  const summary = document.querySelector('[data-error-summary]');
  if (summary) {
    summary.tabIndex = -1;
    summary.focus({ preventScroll: false });
  }
}

// What was answered before htmx listened (a slow line, a form the browser remembers) is asked after
// now; one answer of a form is enough, for the whole form goes with it.
document.addEventListener('htmx:after:process', event => {
  if (event.target !== document.body) return;
  const early = [...document.querySelectorAll('[hx-trigger="change"]')].filter(answered);
  for (const form of new Set(early.map(field => field.form))) {
    early.find(field => field.form === form).dispatchEvent(new Event('change', { bubbles: true }));
  }
});

function answered(field) {
  if (field.type === 'radio') return field.checked && !field.defaultChecked;
  if (field.type === 'checkbox') return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some(one => one.selected && !one.defaultSelected && one.value);
  return field.value !== field.defaultValue;
}

// <button data-theme-toggle>: light or dark, remembered in this browser only.
document.addEventListener('click', event => {
  if (!event.target.closest('[data-theme-toggle]')) return;
  const next = document.documentElement.dataset.bsTheme === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.bsTheme = next;
  localStorage.setItem('alur-theme', next);
});

// <form data-confirm="Batalkan surat?">: a question before what cannot be taken back.
document.addEventListener('submit', event => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

// <form data-once>: a second press of the button changes nothing.
document.addEventListener('submit', event => {
  if (event.defaultPrevented || !event.target.matches('[data-once]')) return;
  for (const button of event.target.querySelectorAll('[type=submit], button:not([type])')) {
    setTimeout(() => { button.disabled = true; button.setAttribute('aria-busy', 'true'); });
  }
});
// The back button may bring the page back from memory: its buttons work again.
window.addEventListener('pageshow', event => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll('[aria-busy="true"]')) {
    button.disabled = false;
    button.removeAttribute('aria-busy');
  }
});

// <form data-guard>: leaving with unsaved words asks first.
let unsaved = false;
document.addEventListener('input', event => { if (event.target.closest('form[data-guard]')) unsaved = true; });
document.addEventListener('submit', () => { unsaved = false; });
window.addEventListener('beforeunload', event => { if (unsaved) event.preventDefault(); });

// <select data-submit> inside a filter form: choosing is enough.
document.addEventListener('change', event => {
  if (event.target.matches('[data-submit]')) event.target.form.requestSubmit();
});

// <button data-copy="text">: copies and says so.
document.addEventListener('click', async event => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const said = button.dataset.copied;
  if (said) button.textContent = said;
});

// <tr data-href>: the whole row leads where its link leads (mouse only; the link stays for keys).
document.addEventListener('click', event => {
  const row = event.target.closest('[data-href]');
  if (row && !event.target.closest('a, button, input, select, label, summary')) location.href = row.dataset.href;
});

window.htmx = htmx;
