import '../style/tokens.css';
import { mount } from 'svelte';
import Gallery from './Gallery.svelte';

const target = document.getElementById('app')!;
mount(Gallery, { target, props: { user: target.dataset.user ?? '', isAdmin: target.dataset.admin === 'true' } });
