// Counts the seconds of a code down. Without this, the text says how long it works.
for (const place of document.querySelectorAll('[data-seconds]')) {
  const end = performance.now() + Number(place.dataset.seconds) * 1000;
  const timer = setInterval(() => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left > 0) {
      place.textContent =
        left === 1 ? 'It works for another second.' : `It works for another ${left} seconds.`;
      return;
    }
    clearInterval(timer);
    place.textContent = place.dataset.over;
    place.setAttribute('role', 'status');
  }, 1000);
}
