/* What the page's own controls do not listen to: pasting, dropping a file, keys. */

(() => {
  const AFTER_MS = 30;  // the text box has taken the pasted text by then
  const at = (target, place) => target.closest?.(place);
  const press = (button) => document.querySelector(button)?.click();

  // Gradio's text box reports key presses alone: pasting, deleting, dictating would not move the ranking.
  document.addEventListener('input', ({target, inputType}) => {
    if (target.matches('#profile-text textarea, #history-text textarea, #other-profile textarea')) target.dispatchEvent(new KeyboardEvent('keypress'));
    if (target.matches('#history-text textarea') && inputType === 'insertFromDrop') setTimeout(() => press('#read'), AFTER_MS);
  });

  // A pasted history is read at once.
  document.addEventListener('paste', ({target}) => {
    if (at(target, '#history-text')) setTimeout(() => press('#read'), AFTER_MS);
  });

  // A file may be dropped anywhere on the first column.
  document.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files') && at(event.target, '#history-column')) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    const files = event.dataTransfer?.files;
    if (!files?.length || !at(event.target, '#history-column')) return;
    event.preventDefault();
    const input = document.querySelector('#history-actions input[type=file]');
    input.files = files;
    input.dispatchEvent(new Event('change', {bubbles: true}));
  });

  // The rows of the history wear the marks of the tastes that rest on them.
  let linked = '';
  const link = () => {
    const lines = [...document.querySelectorAll('.ground-line p[data-rows]')].filter((line) => line.offsetParent);
    const worn = document.querySelectorAll('#history-table .marks');
    const wanted = lines.map((line) => `${line.dataset.rows}:${line.textContent}`).join();
    const anew = wanted !== linked;
    if (worn.length && !anew) return;
    linked = wanted;
    for (const old of worn) old.remove();
    for (const line of lines) {
      for (const row of line.dataset.rows.split(',')) {
        const cell = row && document.querySelector(`#history-table tr[data-row="${row}"] td`);
        if (!cell) continue;
        const marks = cell.querySelector('.marks') ?? document.createElement('span');
        marks.className = 'marks';
        marks.append(line.querySelector('.mark').cloneNode(true));
        cell.prepend(marks);
      }
    }
    if (anew) begin(lines.find((line) => line.dataset.rows)?.closest('.sentence'));
  };

  // The thread: one sentence, the rows it rests on and the titles it brings are tinted together. It is the
  // sentence under the pointer or the focus; until then the first that something supports.
  const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
  const number = (sentence) => sentence?.className.match(/taste-(\d)/)?.[1] ?? '';
  const thread = (sentence) => { document.querySelector('#columns').dataset.thread = number(sentence); };
  const begin = (sentence) => {
    thread(sentence);
    const row = sentence && document.querySelector(`#history-table tr:has(.mark-${number(sentence)})`);
    const top = row?.offsetTop - 2 * row?.offsetHeight;
    row?.closest('.rows').scrollTo({top, behavior: calm() ? 'auto' : 'smooth'});
  };
  for (const event of ['pointerover', 'focusin']) {
    document.addEventListener(event, ({target}) => { if (at(target, '.sentence')) thread(at(target, '.sentence')); });
  }
  const watched = {childList: true, subtree: true};
  const links = new MutationObserver(() => { links.disconnect(); link(); watch(); });
  const watch = () => {
    const places = document.querySelectorAll('#history-table, #profile-column');
    for (const place of places) links.observe(place, watched);
    return places.length === 2;
  };
  const begun = setInterval(() => { if (document.querySelector('#people-table') || watch()) { clearInterval(begun); link(); } }, 100);

  // On a phone the profile, and the person, is a screen further down; people of a row of a drawer are above it.
  const STEP = 760;  // px, as in style.css
  document.addEventListener('click', ({target}) => {
    const person = at(target, '[data-pick=person]'), found = at(target, '[data-pick=segment], [data-pick=figure]');
    const place = found ? '#people-column' : person ? '#person-column' : '#profile-column';
    if (!found && innerWidth > STEP || !found && !person && !at(target, '#read, #write, #examples button')) return;
    document.querySelector(place).scrollIntoView({behavior: calm() ? 'auto' : 'smooth'});
  });

  // Keys: Ctrl+Enter writes, ? says which keys there are.
  const KEYS = [
    ['Ctrl Enter', 'keys.write'], ['Alt Z', 'keys.undo'], ['Alt Y', 'keys.redo'], ['← →', 'keys.arrows'], ['?', 'keys.these'],
  ];
  const keys = () => {
    const line = ([pressed, key]) =>
      `<dt>${pressed.split(' ').map((one) => `<kbd>${one}</kbd>`).join(' ')}</dt><dd>${blue.say(key)}</dd>`;
    return `<h2>${blue.say('keys.title')}</h2><dl>${KEYS.map(line).join('')}</dl>
      <form method="dialog"><button>${blue.say('keys.close')}</button></form>`;
  };
  const showKeys = () => {
    let box = document.querySelector('#keys');
    if (!box) {
      box = Object.assign(document.createElement('dialog'), {id: 'keys', innerHTML: keys()});
      box.setAttribute('aria-label', blue.say('keys.title'));
      document.querySelector('.gradio-container').append(box);
    }
    box.showModal();
  };
  // Arrow keys do not move between the radio buttons of this Gradio: here they do, up to the last.
  document.addEventListener('keydown', (event) => {
    const steps = {ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1}[event.key];
    if (!steps || !event.target.matches('fieldset input[type=radio]')) return;
    const all = [...event.target.closest('fieldset').querySelectorAll('input[type=radio]')];
    const next = all[all.indexOf(event.target) + steps];
    event.preventDefault();
    next?.focus();
    next?.click();
  });

  document.addEventListener('keydown', (event) => {
    const typing = event.target.matches('input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select');
    const pressed = event.key.toLowerCase();
    let does = null;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && at(event.target, '#columns')) does = () => press('#write');
    if (event.altKey && pressed === 'z') does = () => press('#undo');
    if (event.altKey && pressed === 'y') does = () => press('#redo');
    if (event.key === '?' && !typing) does = showKeys;
    if (!does) return;
    event.preventDefault();
    does();
  });
})();
