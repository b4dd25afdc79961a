// What was typed outlives the end of a session or of its page: it stays in this tab until its form was taken, and is
// shown again to the same person, over the sign-in too. Nothing is done with it until its own button is pressed.
const key = 'keyhold.draft';
const user = document.body.dataset.user ?? '';

document.addEventListener('submit', ({ target }) => {
  // What may be a credential stays out of the reach of scripts: the server keeps a form that says whose it is.
  if (target.method !== 'post' || user === '' || target.elements.namedItem('user') !== null) return;
  if (target.querySelector('input[type=password]') !== null) return;
  const fields = [...new FormData(target)].filter(([name]) => !name.startsWith('_'));
  const draft = { user, page: location.pathname, action: new URL(target.action).pathname, fields };
  sessionStorage.setItem(key, JSON.stringify(draft));
});

const draft = JSON.parse(sessionStorage.getItem(key) ?? 'null');
if (draft !== null && user === '') {
  // Somebody has to sign in first: the form was not taken.
  sessionStorage.setItem(key, JSON.stringify({ ...draft, kept: true }));
} else if (draft !== null) {
  sessionStorage.removeItem(key);
  const wasRefused = draft.kept || document.querySelector('.notice[data-tone="error"]') !== null;
  if (wasRefused && draft.user === user && draft.page === location.pathname) restore(draft);
}

function restore({ action, fields, kept }) {
  const forms = document.querySelectorAll('form[method="post"]');
  const form = [...forms].find((each) => new URL(each.action).pathname === action);
  const typed = [...(form?.elements ?? [])].filter(({ type, name }) => name !== '' && type !== 'hidden');
  for (const field of typed) {
    const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.includes(field.value);
    else if (values.length > 0) [field.value] = values;
  }
  const dialog = form?.closest('dialog') ?? null;
  if (dialog !== null && !dialog.open) dialog.showModal();
  if (kept && (dialog !== null || typed.length > 0))
    say('What you typed is kept', 'Nothing of it was done yet.');
}

function say(title, text) {
  const notice = document.createElement('div');
  notice.className = 'notice';
  notice.dataset.tone = 'info';
  notice.setAttribute('role', 'status');
  const words = document.createElement('div');
  for (const [name, content] of [
    ['notice-title', title],
    ['', text],
  ]) {
    const line = document.createElement('p');
    line.className = name;
    line.textContent = content;
    words.append(line);
  }
  notice.append(words);
  document.querySelector('main > .stack')?.prepend(notice);
}
