// Shows what others change: a part of the page is fetched anew when something happens to what it shows.
const region = document.querySelector('[data-live]');
if (region !== null) {
  const [, org] = /^\/orgs\/([^/]+)\//.exec(location.pathname) ?? [];
  const events = new EventSource(`/orgs/${org}/events`);
  let stale = false;
  let fetching = false;

  // Nothing moves under somebody's hands: what is typed or asked about stays until it is done.
  const isInUse = () =>
    region.querySelector('dialog[open]') !== null ||
    (region.contains(document.activeElement) && document.activeElement.matches('input, select, textarea'));

  const refresh = async () => {
    stale = true;
    if (fetching || isInUse()) return;
    fetching = true;
    stale = false;
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById(region.id);
      if (fresh === null || isInUse()) stale = fresh !== null;
      else {
        const { id } = region.contains(document.activeElement) ? document.activeElement : document.body;
        region.replaceChildren(...fresh.childNodes);
        if (id !== '') document.getElementById(id)?.focus();
      }
    } catch {
      stale = true;
    } finally {
      fetching = false;
    }
    if (stale && !isInUse()) setTimeout(refresh, 2000);
  };

  const types = new Set([...region.dataset.live.split(' '), 'resume.gap.v1']);
  events.addEventListener('message', ({ data }) => {
    if (types.has(JSON.parse(data).type)) refresh();
  });
  for (const end of ['close', 'focusout']) {
    region.addEventListener(end, () => setTimeout(() => stale && refresh()), true);
  }
}
