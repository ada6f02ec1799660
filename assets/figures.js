/* Plots, the search for a title, the history's rows, words in the visitor's language: what the page's own HTML components need in the browser.

   Plotly is fetched at the first plot, from this server. Figures name colours as CSS variables ("var(--ink)"):
   they are looked up when a figure is drawn, and again when the page turns dark or light. */

window.blue = (() => {
  const root = () => (window.gradio_config?.root ?? '').replace(/\/$/, '');
  const CONFIG = {displayModeBar: false, displaylogo: false, responsive: true};
  // The page's words, which Gradio's i18n has; templates and dialogs, which it leaves alone, name them by key.
  const say = (key) => {
    const words = window.gradio_config.i18n_translations;
    return (words[navigator.language.split('-')[0]] ?? words.en)[key];
  };
  const worded = (element) => {
    for (const one of element.querySelectorAll('[data-word]')) {
      const word = say(one.dataset.word);
      if (one.matches('input')) one.placeholder = word;
      else if (one.matches('.plot')) one.setAttribute('aria-label', word);
      else one.textContent = word;
    }
  };
  const LOOK_MS = 120;  // typing pauses this long before titles are searched
  let library;

  const plotly = (path) => library ??= new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = `${root()}/gradio_api/file=${path}`;
    script.onload = () => done(window.Plotly);
    script.onerror = () => { library = undefined; failed(new Error('The plots could not be loaded.')); };
    document.head.append(script);
  });

  const coloured = (value, style) => {
    if (typeof value === 'string') {
      return value.replace(/var\((--[\w-]+)\)/g, (_, name) => style.getPropertyValue(name).trim());
    }
    if (Array.isArray(value)) return value.map((one) => coloured(one, style));
    if (value && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, coloured(one, style)]));
    }
    return value;
  };

  const save = (content, type, name) => {
    const link = document.createElement('a');
    link.href = content instanceof Blob ? URL.createObjectURL(content) : content;
    link.download = `${name}.${type}`;
    link.click();
  };

  const page = async (path, figure, title) => {  // a figure as a page of its own, which needs no network
    const source = await (await fetch(`${root()}/gradio_api/file=${path}`)).text();
    const json = JSON.stringify(figure).replace(/</g, '\\u003c');
    const ground = figure.layout.plot_bgcolor;
    return new Blob([`<!doctype html><meta charset="utf-8"><title>${title}</title><style>body{margin:16px;`,
      `background:${ground};}</style><div id="figure"></div><script>${source}<\/script><script>const f = ${json};`,
      `Plotly.newPlot('figure', f.data, f.layout, {responsive: true});<\/script>`], {type: 'text/html'});
  };

  /* A gr.HTML whose value is a figure as JSON. `background`, if given, resolves to a figure whose traces and
     annotations are sent once and belong to every later figure. */
  function figure(element, props, watch, path, background) {
    worded(element);
    const plot = element.querySelector('.plot');
    const name = plot.dataset.name;
    for (const button of element.querySelectorAll('button')) {
      button.setAttribute('aria-label', `${button.textContent}: ${plot.getAttribute('aria-label')}`);
    }
    let under = null, raw = null, drawn = Promise.resolve();

    const draw = async () => {
      element.classList.toggle('empty', !props.value);
      if (!props.value) return;
      const Plotly = await plotly(path), style = getComputedStyle(element);
      if (background && !raw) raw = JSON.parse(await background());
      if (raw && !under) under = coloured(raw, style);
      const {data, layout} = coloured(JSON.parse(props.value), style);
      plot.setAttribute('aria-label', layout.meta ?? name);
      layout.annotations = [...(under?.layout.annotations ?? []), ...(layout.annotations ?? [])];
      await Plotly.react(plot, [...(under?.data ?? []), ...data], layout, CONFIG);
      plot.dataset.drawn = String(Number(plot.dataset.drawn ?? 0) + 1);
    };
    const redraw = () => { drawn = drawn.then(draw).catch((error) => { plot.textContent = error.message; }); };

    watch('value', redraw);
    redraw();
    new MutationObserver(() => { under = null; redraw(); })
      .observe(document.body, {attributes: true, attributeFilter: ['class']});
    new ResizeObserver(() => { if (plot.offsetWidth && plot._fullLayout) window.Plotly.Plots.resize(plot); })
      .observe(plot);
    element.addEventListener('click', async (event) => {
      const kind = event.target.closest('button[data-save]')?.dataset.save;
      if (!kind || !plot._fullLayout) return;
      const ground = getComputedStyle(element).getPropertyValue('--panel').trim();
      const layout = {...plot.layout, plot_bgcolor: ground, paper_bgcolor: ground};
      const size = {width: Math.max(plot.offsetWidth, 640), height: plot.offsetHeight, scale: 2};
      if (kind === 'png') save(await Plotly.toImage({data: plot.data, layout}, {format: 'png', ...size}), 'png', name);
      else save(await page(path, {data: plot.data, layout}, name), 'html', name);
    });
  }

  /* A text box that searches the catalogue on the server: the page never holds its titles. */
  function search(element, trigger, server) {
    worded(element);
    const box = element.querySelector('input'), list = element.querySelector('datalist');
    let timer, asked = 0, chosen = null;
    const look = async () => {
      const turn = ++asked, found = await server.search(box.value);
      if (turn !== asked) return;
      list.replaceChildren(...found.map(([label, id]) => {
        const option = document.createElement('option');
        option.value = label;
        option.dataset.id = id;
        return option;
      }));
    };
    const take = () => {
      const text = box.value.trim();
      if (!text || text === chosen) return;
      chosen = text;
      const option = [...list.options].find((one) => one.value === text);
      trigger('input', {text, item_id: option?.dataset.id ?? null});
      if (box.dataset.emptied) { box.value = ''; chosen = null; }
    };
    box.addEventListener('input', (event) => {
      clearTimeout(timer);
      chosen = null;
      if (event.inputType === 'insertReplacementText' || !event.inputType) take();  // picked from the list
      else timer = setTimeout(look, LOOK_MS);
    });
    box.addEventListener('change', take);
    box.addEventListener('keydown', (event) => { if (event.key === 'Enter') { event.preventDefault(); take(); } });
  }

  /* The history's table: stars, matches, rows taken out; searched and sorted here, without the server. The row
     changes its looks at once, so that the focus stays where it is. */
  function rows(element, trigger) {
    const all = () => [...element.querySelectorAll('tr[data-row]')];
    const stars = (row) => Number(row.querySelector('.stars input').value);
    const title = (row) => row.cells[0].textContent;
    const orders = {
      newest: (a, b) => b.dataset.row - a.dataset.row,
      title: (a, b) => title(a).localeCompare(title(b)),
      stars: (a, b) => stars(b) - stars(a) || b.dataset.row - a.dataset.row,
    };
    const show = (input) => {
      const said = input.value === '0' ? '–' : String(input.value / 2);
      input.parentElement.style.setProperty('--share', input.value / 10);
      input.setAttribute('aria-valuetext', said);
      input.closest('td').querySelector('output').textContent = said;
    };
    element.addEventListener('input', ({target}) => {
      if (target.matches('.stars input')) show(target);
      if (!target.matches('.row-tools input')) return;
      const words = target.value.trim().toLocaleLowerCase();
      for (const row of all()) row.hidden = !title(row).toLocaleLowerCase().includes(words);
    });
    element.addEventListener('change', ({target}) => {
      const row = target.closest('tr[data-row]');
      if (target.matches('.stars input')) {
        trigger({row: Number(row.dataset.row), stars: target.value === '0' ? '' : String(target.value / 2)});
      }
      if (target.matches('.row-tools select')) {
        element.querySelector('tbody').append(...all().sort(orders[target.value]));
      }
    });
    element.addEventListener('click', ({target}) => {
      const button = target.closest('tr[data-row] button');
      if (!button) return;
      const row = button.closest('tr'), number = Number(row.dataset.row);
      if (button.matches('.wrong')) return trigger({row: number, wrong: true});
      const removed = row.classList.toggle('removed');
      button.setAttribute('aria-pressed', removed);
      button.textContent = removed ? '↺' : '✕';
      trigger({row: number, removed});
    });
  }

  return {figure, rows, say, search};
})();
