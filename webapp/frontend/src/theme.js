// Chooses light or dark before the page is painted; the only script that blocks the page.
const KEY = 'alur-theme';
const wanted = localStorage.getItem(KEY);
const dark = wanted ? wanted === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light';
document.documentElement.classList.add('js');
