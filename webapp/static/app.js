// The staff pages: comforts that nobody needs. Every page works without them.

// <input data-narrow="list-id">: shows the entries of a long list that contain the words typed.
document.addEventListener('input', event => {
  const narrow = event.target.dataset?.narrow;
  if (!narrow) return;
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of document.getElementById(narrow)?.querySelectorAll('.form-check') ?? []) {
    const text = entry.textContent.toLowerCase();
    const chosen = entry.querySelector('input')?.checked;
    entry.hidden = !chosen && !words.every(word => text.includes(word));
  }
});

// <input type=file data-largest>: a file that the server would refuse is refused before it travels.
document.addEventListener('change', event => {
  const { largest, tooLarge } = event.target.dataset ?? {};
  if (!largest || event.target.type !== 'file') return;
  const bytes = [...event.target.files].reduce((sum, file) => sum + file.size, 0);
  event.target.setCustomValidity(bytes > Number(largest) ? tooLarge : '');
  event.target.reportValidity();
});

// A preview opens beside the form: the form stays ready, although it may be sent only once.
document.addEventListener('submit', event => {
  if (event.submitter?.formTarget !== '_blank') return;
  setTimeout(() => {
    for (const button of event.target.querySelectorAll('button[aria-busy="true"]')) {
      button.disabled = false;
      button.removeAttribute('aria-busy');
    }
  }, 50);
});

// A form on its way asks for nothing more: a late preview would meet a task that is finished.
let onItsWay = false;
document.addEventListener('submit', event => {
  if (!event.defaultPrevented && event.submitter?.formTarget !== '_blank') onItsWay = true;
});
window.addEventListener('pageshow', () => { onItsWay = false; });
document.addEventListener('htmx:before:request', event => { if (onItsWay) event.preventDefault(); });
