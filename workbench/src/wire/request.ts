/** Requests to the server: credentials, CSRF token, and refusals as errors. */
import { currentToken } from './credential';

/** An error answer, in the server's words; `position` is the character of the query that it is about, from 0. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly position?: number,
  ) {
    super(message);
  }
}

/**
 * Sends a request as whoever uses this page.
 *
 * @throws RequestError when the server cannot be reached, or refuses.
 */
export async function request(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  if (options.method && options.method !== 'GET') headers.set('X-CSRFToken', csrfToken());
  const viewToken = currentToken();
  if (viewToken) {
    headers.set('Authorization', `Pass ${viewToken.token}`);
    headers.set('X-Embed-Origin', viewToken.origin);
  }
  let response: Response;
  try {
    response = await fetch(path, { ...options, headers, credentials: viewToken ? 'omit' : 'same-origin' });
  } catch {
    throw new RequestError(0, 'The server does not answer. Is it still running?');
  }
  if (!response.ok) {
    const body: unknown = await response.json().catch(() => undefined);
    const { position } = (body ?? {}) as { position?: unknown };
    const at = typeof position === 'number' ? position : undefined;
    throw new RequestError(response.status, errorMessage(body, response.status), at);
  }
  return response;
}

export async function requestJson<T>(path: string, options?: RequestInit): Promise<T> {
  return (await (await request(path, options)).json()) as T;
}

export async function requestBuffer(path: string): Promise<ArrayBuffer> {
  return (await request(path)).arrayBuffer();
}

export const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name=csrf-token]')?.content ?? '';
}

/** The message of an error body, with its advice; both shapes of the server's errors are read. */
export function errorMessage(body: unknown, status: number): string {
  const { message, detail, advice } = (body ?? {}) as { message?: unknown; detail?: unknown; advice?: unknown };
  const text = message ?? detail;
  if (typeof text !== 'string') return `The server answered ${status}.`;
  return typeof advice === 'string' && advice ? `${text} ${advice}` : text;
}
