import '../style/tokens.css';
import { mount } from 'svelte';
import { Viewer } from '../state/viewer.svelte';
import Graph from './Graph.svelte';

const query = new URLSearchParams(location.search);
const target = document.getElementById('app')!;
document.documentElement.dataset.state = 'loading';
mount(Graph, {
  target,
  props: {
    viewer: new Viewer(query.get('dataset') ?? '', query),
    user: target.dataset.user ?? '',
  },
});
