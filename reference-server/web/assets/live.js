// Shows what others change, and what a search finds while somebody types: a part of the page is fetched anew.
const region = document.querySelector('[data-live]');
if (region !== null) {
  // What is said about the list stands beside it.
  const parts = () => [region, ...document.querySelectorAll('[data-with-live]')];
  // What the server said last, to leave alone what is the same. Each answer has another secret for its forms.
  const said = (part) => part.innerHTML.replaceAll(/name="_csrf" value="[^"]*"/g, '');
  const shown = new Map(parts().map((part) => [part.id, said(part)]));
  let stale = false;
  let fetching = false;

  // Nothing moves under somebody's hands: what is typed, chosen or asked about stays until it is done, or until they search.
  let searches = false;
  const isChanged = (select) => ![...select.selectedOptions].every((option) => option.defaultSelected);
  const isInUse = () =>
    !searches &&
    (document.querySelector('dialog[open]') !== null ||
      (region.contains(document.activeElement) &&
        document.activeElement.matches('input, select, textarea')) ||
      [...region.querySelectorAll('select')].some(isChanged));

  // What finds an element in the rows that take the place of those it is in.
  const finderOf = (element) => {
    for (const name of ['id', 'commandfor', 'href']) {
      const value = element.getAttribute(name);
      if (value !== null) return `[${name}="${CSS.escape(value)}"]`;
    }
    const action = element.form?.getAttribute('action') ?? '';
    return `form[action="${CSS.escape(action)}"] ${element.localName}`;
  };

  const show = (page) => {
    const around = parts().find((part) => part.contains(document.activeElement));
    const focused = around === undefined ? null : finderOf(document.activeElement);
    for (const part of parts()) {
      const fresh = page.getElementById(part.id);
      if (fresh === null || said(fresh) === shown.get(part.id)) continue;
      shown.set(part.id, said(fresh));
      part.replaceChildren(...fresh.childNodes);
    }
    if (focused !== null) around.querySelector(focused)?.focus();
  };

  const fetchAnew = async () => {
    const address = location.href;
    try {
      const answer = await fetch(address, { headers: { accept: 'text/html' } });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (page.getElementById(region.id) === null) return;
      // The next search has begun, or somebody has taken hold of something: this answer is not for what is there now.
      if (location.href !== address || isInUse()) stale = true;
      else {
        show(page);
        searches = false;
      }
    } catch {
      stale = true;
      await new Promise((over) => setTimeout(over, 2000));
    }
  };

  const refresh = async () => {
    stale = true;
    if (fetching) return;
    fetching = true;
    while (stale && !isInUse()) {
      stale = false;
      await fetchAnew();
    }
    fetching = false;
  };

  const types = new Set([...region.dataset.live.split(' '), 'resume.gap.v1']);
  const [, org] = /^\/orgs\/([^/]+)\//.exec(location.pathname) ?? [];
  let events = null;
  // Browsers keep few connections to a server: tabs that nobody sees leave them to the others.
  const follow = () => {
    events?.close();
    events = document.hidden ? null : new EventSource(region.dataset.events ?? `/orgs/${org}/events`);
    // What happened after the page was made and before its stream began is in neither.
    events?.addEventListener('open', refresh);
    events?.addEventListener('message', ({ data }) => {
      if (types.has(JSON.parse(data).type)) refresh();
    });
  };
  follow();
  document.addEventListener('visibilitychange', () => {
    follow();
    if (!document.hidden) refresh();
  });
  for (const end of ['close', 'focusout']) {
    document.addEventListener(end, () => setTimeout(() => stale && refresh()), true);
  }

  let pause;
  document.addEventListener('input', ({ target: { form } }) => {
    if (form?.matches('form.search') !== true) return;
    clearTimeout(pause);
    pause = setTimeout(() => {
      const typed = [...new FormData(form)].filter(([, value]) => value !== '');
      const address = new URL(form.action);
      address.search = new URLSearchParams(typed).toString();
      history.replaceState(null, '', address);
      searches = true;
      refresh();
    }, 150);
  });
}
