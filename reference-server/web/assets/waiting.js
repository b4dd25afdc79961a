// A page that waits for something looks now and then whether it would lead elsewhere by now. Without this, its button does.
const shortest = 4_000;
const longest = 60_000;

for (const place of document.querySelectorAll('[data-waits]')) {
  let pause = shortest;
  let timer;
  place.hidden = false;

  async function look() {
    clearTimeout(timer);
    try {
      const { type } = await fetch(location.href, { method: 'HEAD', redirect: 'manual' });
      if (type === 'opaqueredirect') {
        location.reload();
        return;
      }
    } catch {
      // The server does not answer; the next look is later.
    }
    pause = Math.min(pause * 1.2, longest);
    if (!document.hidden) timer = setTimeout(look, pause);
  }

  timer = setTimeout(look, pause);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) look();
  });
}
