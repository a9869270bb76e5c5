/**
 * Who this page asks as: the browser's session, or the bearer of a view token of one graph.
 *
 * A view token lives ten minutes. A link's token is renewed by this page; an embed token by the page around the
 * frame, which is asked by a message and answers with a new token.
 */
export interface ViewToken {
  token: string;
  origin: string;
}

let viewToken: ViewToken | undefined;
const listeners = new Set<() => void>();
const RENEW_MS = 8 * 60 * 1000;
const HOST_TIMEOUT_MS = 20_000;

export const currentToken = (): ViewToken | undefined => viewToken;

/** Calls back whenever the token was renewed; returns how to stop. */
export function onRenewed(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function setToken(token: string, origin: string): void {
  const isFirst = viewToken === undefined;
  viewToken = { token, origin };
  if (!isFirst) for (const listener of listeners) listener();
}

interface TokenResponse {
  dataset_id: string;
  pass: string;
}

async function postForToken(
  path: string,
  body: Record<string, string>,
  credentials: RequestCredentials = 'omit',
): Promise<TokenResponse> {
  const csrf = document.querySelector<HTMLMetaElement>('meta[name=csrf-token]')?.content ?? '';
  const response = await fetch(path, {
    method: 'POST',
    credentials,
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error('This link has expired or was revoked, or it is for someone else.');
  return (await response.json()) as TokenResponse;
}

/** Opens a link and renews its token from then on; resolves to the dataset that it shows. */
export async function openLink(linkToken: string, origin: string): Promise<string> {
  const opened = await postForToken('/api/v2/share/open/', { token: linkToken, origin }, 'same-origin');
  setToken(opened.pass, origin);
  setInterval(() => void renewLink(origin), RENEW_MS);
  return opened.dataset_id;
}

async function renewLink(origin: string): Promise<void> {
  try {
    const renewed = await postForToken('/api/v2/share/pass/', { pass: viewToken?.token ?? '', origin });
    setToken(renewed.pass, origin);
  } catch {
    // The socket reports when the link has ended.
  }
}

/** Requests an embed token from the page around this frame; resolves to the dataset that it shows. */
export function requestHostToken(origin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (parent === window) {
      reject(new Error('This address is for a frame in another page.'));
      return;
    }
    const timeout = setTimeout(
      () => reject(new Error(`The page at ${origin} sent no token for this graph.`)),
      HOST_TIMEOUT_MS,
    );
    addEventListener('message', (event: MessageEvent<unknown>) => {
      if (event.origin !== origin || event.source !== parent) return;
      const token = tokenOf(event.data);
      if (token === undefined) return;
      clearTimeout(timeout);
      acceptHostToken(token, origin).then(resolve, reject);
    });
    const send = (type: string) => parent.postMessage({ type }, origin);
    send('graphkeep:ready');
    setInterval(() => send('graphkeep:renew'), RENEW_MS);
  });
}

/** The token of a host's message; nothing where it is another message. */
export function tokenOf(message: unknown): string | undefined {
  const { type, token } = (message ?? {}) as { type?: unknown; token?: unknown };
  return type === 'graphkeep:token' && typeof token === 'string' ? token : undefined;
}

async function acceptHostToken(token: string, origin: string): Promise<string> {
  const response = await fetch('/api/v2/embed/dataset/', {
    credentials: 'omit',
    headers: { Authorization: `Pass ${token}`, 'X-Embed-Origin': origin },
  });
  if (!response.ok) throw new Error('The token for this graph is invalid or has expired.');
  const { dataset_id } = (await response.json()) as { dataset_id: string };
  setToken(token, origin);
  return dataset_id;
}
