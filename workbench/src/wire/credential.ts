/** Who this page asks as: the browser's session, or the bearer of a pass to one graph.
 *
 * A pass lives ten minutes. A link's is renewed by this page; an embed token's by the page around the
 * frame, which is asked by a message and answers with a new token.
 */
export interface Pass {
  token: string;
  origin: string;
}

let pass: Pass | undefined;
const listeners = new Set<() => void>();
const RENEW_MS = 8 * 60 * 1000;
const WAIT_MS = 20_000;

export const currentPass = (): Pass | undefined => pass;

/** Calls back whenever the pass was renewed; returns how to stop. */
export function onRenewed(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function hold(token: string, origin: string): void {
  const isFirst = pass === undefined;
  pass = { token, origin };
  if (!isFirst) for (const listener of listeners) listener();
}

interface Opened {
  dataset_id: string;
  pass: string;
}

async function post(path: string, body: Record<string, string>, isPage = false): Promise<Opened> {
  const csrf = document.querySelector<HTMLMetaElement>('meta[name=csrf-token]')?.content ?? '';
  const response = await fetch(path, {
    method: 'POST',
    credentials: isPage ? 'same-origin' : 'omit',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error('This link is not valid (any more), or it is not meant for you.');
  return response.json();
}

/** Opens a link; the dataset that it shows. */
export async function openLink(token: string, origin: string): Promise<string> {
  const said = await post('/api/v2/share/open/', { token, origin }, true);
  hold(said.pass, origin);
  setInterval(async () => {
    try {
      const renewed = await post('/api/v2/share/pass/', { pass: pass!.token, origin });
      hold(renewed.pass, origin);
    } catch {
      // The socket tells that the link has ended.
    }
  }, RENEW_MS);
  return said.dataset_id;
}

/** Asks the page around this frame for an embed token; the dataset that it shows. */
export function askHost(origin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (parent === window) {
      reject(new Error('This address is for a frame in another page.'));
      return;
    }
    const tooLate = setTimeout(() => reject(new Error(`The page at ${origin} sent no token for this graph.`)), WAIT_MS);
    addEventListener('message', async (event: MessageEvent) => {
      if (event.origin !== origin || event.source !== parent) return;
      if (event.data?.type !== 'graphkeep:token' || typeof event.data.token !== 'string') return;
      clearTimeout(tooLate);
      const token: string = event.data.token;
      const response = await fetch('/api/v2/embed/dataset/', {
        credentials: 'omit',
        headers: { Authorization: `Pass ${token}`, 'X-Embed-Origin': origin },
      });
      if (!response.ok) {
        reject(new Error('The token for this graph is not valid (any more).'));
        return;
      }
      const said = await response.json();
      hold(token, origin);
      resolve(said.dataset_id);
    });
    const ask = (type: string) => parent.postMessage({ type }, origin);
    ask('graphkeep:ready');
    setInterval(() => ask('graphkeep:renew'), RENEW_MS);
  });
}
