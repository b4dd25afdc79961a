// Copy buttons. Without this they could do nothing, and are not there (see controls.css).
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('button[data-copy]');
  if (button === null) return;
  const source = document.getElementById(button.dataset.copy);
  const words = button.firstChild;
  const label = words.data;
  button.setAttribute('aria-live', 'polite');
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    words.data = 'Copied';
  } catch {
    select(source);
    words.data = 'Press Ctrl+C';
  }
  setTimeout(() => {
    words.data = label;
  }, 2000);
});

function select(source) {
  if (source.select) source.select();
  else {
    source.closest('details')?.setAttribute('open', '');
    getSelection().selectAllChildren(source);
  }
}
