import '../style/tokens.css';
import { mount } from 'svelte';
import { Viewer } from '../state/viewer.svelte';
import Graph from './Graph.svelte';

import { askHost, openLink } from '../wire/credential';
import Closed from './Closed.svelte';

const query = new URLSearchParams(location.search);
const target = document.getElementById('app')!;
document.documentElement.dataset.state = 'loading';
const user = target.dataset.user ?? '';
const origin = target.dataset.origin ?? '';
const token = location.hash.slice(1);

/** The graph of the address, of a link, or of the token that the page around this frame sends. */
async function dataset(): Promise<string> {
  if (/^\/(share|embed)\/?$/.test(location.pathname)) {
    return token ? openLink(token, origin) : askHost(origin);
  }
  return query.get('dataset') ?? '';
}

dataset().then(
  (id) => mount(Graph, { target, props: { viewer: new Viewer(id, query), user } }),
  (error: Error) => {
    document.documentElement.dataset.state = 'error';
    mount(Closed, { target, props: { message: error.message, offersSignIn: !user && !origin } });
  },
);
