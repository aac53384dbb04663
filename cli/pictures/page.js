'use strict';
// Draws the figures of the page: each <figure data-figure> has its specification in a script of the
// same name. Colours follow the reader's scheme.
(function () {
  const loaded = {};
  // The package vega-selections has a file of another name.
  const files = {'vega-selections': 'vega-selection'};
  function load(asked) {
    const name = files[asked] || asked;
    if (!(name in loaded)) {
      if (!(name in tesseraModules)) {
        throw new Error('no module ' + name);
      }
      const module = {exports: {}};
      loaded[name] = module.exports;
      tesseraModules[name].call(window, module.exports, module, load);
      loaded[name] = module.exports;
    }
    return loaded[name];
  }
  const transforms = load('vega-dataflow').transforms;
  for (const name of ['vega-transforms', 'vega-view-transforms', 'vega-encode', 'vega-label']) {
    Object.assign(transforms, load(name));
  }
  const parse = load('vega-parser').parse;
  const View = load('vega-view').View;

  function colours() {
    const dark = window.matchMedia('(prefers-color-scheme: dark)').matches &&
        !window.matchMedia('print').matches;
    const ink = dark ? '#e8e8e8' : '#1a1a1a';
    const paper = dark ? '#1b1b1d' : '#fff';
    const grid = dark ? '#444' : '#ddd';
    return {
      background: null,
      axis: {labelColor: ink, titleColor: ink, domainColor: ink, tickColor: ink, gridColor: grid,
             labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal'},
      text: {fill: ink, fontSize: 11},
      rect: {stroke: paper, strokeWidth: 0.6},
      symbol: {stroke: paper, strokeWidth: 0.6},
      legend: {labelColor: ink, titleColor: ink, labelFontSize: 11, symbolStrokeWidth: 0},
    };
  }

  const views = [];
  function draw() {
    while (views.length > 0) {
      views.pop().finalize();
    }
    for (const figure of document.querySelectorAll('figure[data-figure]')) {
      const spec = JSON.parse(document.getElementById('spec-' + figure.dataset.figure).textContent);
      const place = figure.querySelector('.chart');
      place.textContent = '';
      const view = new View(parse(spec, colours()), {renderer: 'svg', container: place, hover: true});
      views.push(view);
      view.runAsync().then(function () { figure.dataset.drawn = 'yes'; });
    }
  }
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  window.addEventListener('beforeprint', draw);
  draw();
})();
