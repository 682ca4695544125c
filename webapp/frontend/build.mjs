// Builds ../static/dist (or the folder given as argument) from src: the same bytes on every machine.
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import compileLintConfig from 'bpmnlint/lib/support/compile-config.js';
import * as esbuild from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.resolve(process.argv[2] ?? path.join(here, '../static/dist'));
// Built aside and moved when it is whole: a failed build leaves the standing files alone.
const out = mkdtempSync(path.join(os.tmpdir(), 'alur-front-end-'));
const source = name => path.join(here, 'src', name);

/** `import config from 'bpmnlintrc:file'`: the lint rules as a module, since the browser reads no configuration files. */
const lintRules = {
  name: 'lint-rules',
  setup(build) {
    build.onResolve({ filter: /^bpmnlintrc:/ }, args => ({ path: source(args.path.slice(11)), namespace: 'lint-rules' }));
    build.onLoad({ filter: /.*/, namespace: 'lint-rules' }, async args => ({
      contents: await compileLintConfig(JSON.parse(readFileSync(args.path, 'utf8'))),
      resolveDir: here,
      loader: 'js'
    }));
  }
};

/** CodeMirror writes <style> elements, which our policy forbids; told so, it uses adopted style sheets instead. */
const adoptedStyles = {
  name: 'adopted-styles',
  setup(build) {
    build.onLoad({ filter: /style-mod[\\/]src[\\/]style-mod\.js$/ }, args => {
      const before = readFileSync(args.path, 'utf8');
      const contents = before.replace('!root.head && root.adoptedStyleSheets', 'root.adoptedStyleSheets');
      if (contents === before) throw new Error('style-mod has changed: look again at how it mounts its styles');
      return { contents, loader: 'js' };
    });
  }
};

/** The properties panel gives its container a height by a style attribute, which our policy forbids; modeler.css does it. */
const noStyleAttribute = {
  name: 'no-style-attribute',
  setup(build) {
    build.onLoad({ filter: /bpmn-js-properties-panel[\\/]dist[\\/]index\.esm\.js$/ }, args => {
      const before = readFileSync(args.path, 'utf8');
      const contents = before.replace('<div style="height: 100%" tabindex', '<div tabindex');
      if (contents === before) throw new Error('the properties panel has changed: look again at its container');
      return { contents, loader: 'js' };
    });
  }
};

const common = {
  absWorkingDir: here, bundle: true, minify: true, target: ['es2022'], charset: 'utf8', metafile: true, outdir: out,
  legalComments: 'linked', logLevel: 'warning', define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.woff': 'file', '.woff2': 'file', '.ttf': 'empty', '.eot': 'empty', '.svg': 'file' },
  entryNames: '[name]', chunkNames: 'chunk-[hash]', assetNames: 'assets/[name]-[hash]', conditions: ['browser'],
  plugins: [lintRules, adoptedStyles, noStyleAttribute]
};

const results = [
  // The theme is chosen before the first paint, so it is no module.
  await esbuild.build({ ...common, entryPoints: ['theme.js'].map(source), format: 'iife' }),
  await esbuild.build({
    ...common, format: 'esm', splitting: true,
    entryPoints: ['app.js', 'modeler.js', 'replay.js', 'compare.js', 'where.js'].map(source)
  }),
  await esbuild.build({ ...common, entryPoints: ['app.css', 'modeler.css', 'diagram.css'].map(source) })
];

writeFileSync(path.join(out, 'icons.svg'), sprite(JSON.parse(readFileSync(source('icons.json'), 'utf8'))));
writeFileSync(path.join(out, 'THIRD_PARTY.txt'), thirdParty(results.flatMap(result => Object.keys(result.metafile.inputs))));
report(results);
rmSync(target, { recursive: true, force: true });
chmodSync(out, 0o755);  // a temporary folder is private; this one is served
cpSync(out, target, { recursive: true });
rmSync(out, { recursive: true });

/** One file with the icons we use: <svg class="bi"><use href="icons.svg#inbox"/></svg>. */
function sprite(names) {
  const symbols = names.map(name => {
    const svg = readFileSync(path.join(here, 'node_modules/bootstrap-icons/icons', `${name}.svg`), 'utf8');
    const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '').replace(/\s*\n\s*/g, '');
    return `<symbol id="${name}" viewBox="0 0 16 16">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`;
}

/** Names, versions and licence texts of every package that left a byte in the output. */
function thirdParty(inputs) {
  const folders = new Set(['node_modules/bootstrap-icons']);
  for (const input of inputs) {
    const found = input.replace(/^.*?:/, '').match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/);
    if (found) folders.add(found[0]);
  }
  const parts = [...folders].map(folder => {
    const about = JSON.parse(readFileSync(path.join(here, folder, 'package.json'), 'utf8'));
    return { key: `${about.name} ${about.version}`, text: `${about.name} ${about.version}\nLicence: ${licence(about)}\n\n${licenceText(folder)}` };
  });
  const unique = [...new Map(parts.map(part => [part.key, part.text]))].sort(([a], [b]) => (a < b ? -1 : 1));
  const head = 'Third-party software inside this folder. The bpmn.io logo on diagrams stays visible, as its licence asks.\n';
  return [head, ...unique.map(([, text]) => text)].join(`\n${'-'.repeat(100)}\n`);
}

function licence(about) {
  const { license } = about;
  return typeof license === 'string' ? license : (license?.type ?? 'see text');
}

function licenceText(folder) {
  for (const name of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'license', 'LICENSE-MIT']) {
    try {
      return `${readFileSync(path.join(here, folder, name), 'utf8').replace(/\r\n/g, '\n').trim()}\n`;
    } catch { /* the next name */ }
  }
  return '(no licence file in the package)\n';
}

function report(built) {
  const outputs = Object.assign({}, ...built.map(result => result.metafile.outputs));
  const closure = file => {
    const seen = new Set();
    const walk = name => {
      if (seen.has(name)) return;
      seen.add(name);
      for (const used of outputs[name].imports) if (used.kind === 'import-statement' && outputs[used.path]) walk(used.path);
    };
    walk(file);
    return [...seen];
  };
  for (const [file, about] of Object.entries(outputs).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!about.entryPoint) continue;
    const bytes = closure(file).map(name => readFileSync(path.resolve(here, name)));
    const raw = bytes.reduce((sum, b) => sum + b.length, 0) / 1024;
    const packed = bytes.reduce((sum, b) => sum + gzipSync(b, { level: 9 }).length, 0) / 1024;
    console.log(path.basename(file).padEnd(14), `${raw.toFixed(0).padStart(6)} KiB`, `${packed.toFixed(0).padStart(5)} KiB gz`);
  }
}
