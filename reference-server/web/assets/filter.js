// A search field above choices narrows them while somebody types; its button, or Enter, asks the server for all.
document.addEventListener('input', ({ target }) => {
  const words = target.value.toLowerCase().split(/\s+/);
  for (const id of target.dataset.filter?.split(' ') ?? []) {
    for (const row of document.getElementById(id)?.children ?? []) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  }
});

// Enter there asks the server, whatever other buttons its form has.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.target.dataset.filter === undefined) return;
  event.preventDefault();
  event.target.nextElementSibling.click();
});
