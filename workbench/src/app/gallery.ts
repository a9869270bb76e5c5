import '../style/tokens.css';
import { mount } from 'svelte';
import GalleryPage from './GalleryPage.svelte';

const target = document.getElementById('app')!;
mount(GalleryPage, { target, props: { user: target.dataset.user ?? '', isAdmin: target.dataset.admin === 'true' } });
