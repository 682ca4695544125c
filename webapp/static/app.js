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

// Paper is white and shows the whole drawing: the theme turns light and the diagram fits while printing.
let afterwards = [];
window.addEventListener('beforeprint', () => {
  const page = document.documentElement;
  const theme = page.dataset.bsTheme;
  page.dataset.bsTheme = 'light';
  afterwards = [() => { page.dataset.bsTheme = theme; }];
  for (const drawing of document.querySelectorAll('.alur-diagram .djs-container > svg')) {
    const layer = drawing.querySelector('.viewport');
    const seen = layer?.getAttribute('transform');
    layer?.removeAttribute('transform');
    const { x, y, width, height } = layer?.getBBox() ?? {};
    if (width) drawing.setAttribute('viewBox', [x - 10, y - 10, width + 20, height + 20].join(' '));
    afterwards.push(() => {
      drawing.removeAttribute('viewBox');
      if (seen) layer.setAttribute('transform', seen);
    });
  }
});
window.addEventListener('afterprint', () => { for (const undo of afterwards.splice(0)) undo(); });
