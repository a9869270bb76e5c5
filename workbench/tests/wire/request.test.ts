import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tokenOf } from '../../src/wire/credential';
import { errorMessage, request, RequestError } from '../../src/wire/request';

beforeEach(() => {
  vi.stubGlobal('document', { querySelector: () => ({ content: 'csrf-1' }) });
});
afterEach(() => void vi.unstubAllGlobals());

function answer(response: () => Promise<Response>) {
  const fetched = vi.fn<typeof fetch>(response);
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

test('both shapes of error bodies are read', () => {
  expect(errorMessage({ message: 'no such column' }, 400)).toBe('no such column');
  expect(errorMessage({ detail: 'not found' }, 404)).toBe('not found');
  expect([errorMessage(null, 502), errorMessage('x', 502), errorMessage({ message: 5 }, 502)]).toEqual(
    Array(3).fill('The server answered 502.'),
  );
});

test('a refused query has its advice and its place', async () => {
  const body = '{"message": "Index hr is not allowed.", "advice": "Allowed: net.", "position": 7}';
  answer(() => Promise.resolve(new Response(body, { status: 422 })));
  await expect(request('/x')).rejects.toEqual(new RequestError(422, 'Index hr is not allowed. Allowed: net.', 7));
});

test('a refusal is an error in the words of the server', async () => {
  answer(() => Promise.resolve(new Response('{"message": "no rights"}', { status: 403 })));
  await expect(request('/x')).rejects.toEqual(new RequestError(403, 'no rights'));
});

test('a server that does not answer is an error without a status', async () => {
  answer(() => Promise.reject(new TypeError('network')));
  await expect(request('/x')).rejects.toMatchObject({ status: 0 });
});

test('changes carry the CSRF token and the session, reads no token', async () => {
  const fetched = answer(() => Promise.resolve(new Response('{}')));
  await request('/x');
  await request('/x', { method: 'DELETE' });
  const [read, change] = fetched.mock.calls.map(([, options]) => options);

  expect([read?.credentials, new Headers(read?.headers).get('X-CSRFToken')]).toEqual(['same-origin', null]);
  expect(new Headers(change?.headers).get('X-CSRFToken')).toBe('csrf-1');
});

test('only a message that holds a token is taken from the page around a frame', () => {
  expect(tokenOf({ type: 'graphkeep:token', token: 'a.b' })).toBe('a.b');
  const others = [null, undefined, 'x', { type: 'other', token: 'a' }, { type: 'graphkeep:token', token: 5 }];
  expect(others.map(tokenOf)).toEqual(others.map(() => undefined));
});
