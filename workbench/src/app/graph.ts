import '../style/tokens.css';
import { mount } from 'svelte';
import { createSubjects } from '../state/graphSubjects.svelte';
import { openLink, requestHostToken } from '../wire/credential';
import GraphPage from './GraphPage.svelte';
import UnavailablePage from './UnavailablePage.svelte';

const query = new URLSearchParams(location.search);
const target = document.getElementById('app')!;
document.documentElement.dataset.state = 'loading';
const user = target.dataset.user ?? '';
const origin = target.dataset.origin ?? '';
const token = location.hash.slice(1);

/** The dataset of the address, of a link, or of the token that the page around this frame sends. */
function findDataset(): Promise<string> {
  if (/^\/(share|embed)\/?$/.test(location.pathname)) {
    return token ? openLink(token, origin) : requestHostToken(origin);
  }
  return Promise.resolve(query.get('dataset') ?? '');
}

findDataset().then(
  (id) => mount(GraphPage, { target, props: { subjects: createSubjects(id, query), user } }),
  (error: unknown) => {
    document.documentElement.dataset.state = 'error';
    const { message } = error as Error;
    mount(UnavailablePage, { target, props: { message, offersSignIn: !user && !origin } });
  },
);
