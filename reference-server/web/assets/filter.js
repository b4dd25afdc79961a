// A search field above a list that is whole on its page narrows it while somebody types; Enter asks the server.
for (const field of document.querySelectorAll('input[data-filter]')) {
  const list = document.getElementById(field.dataset.filter);
  if (list === null) continue;
  const rows = [...list.children];
  field.addEventListener('input', () => {
    const words = field.value.toLowerCase().split(/\s+/);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
}
