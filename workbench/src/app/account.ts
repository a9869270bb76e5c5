import '../style/tokens.css';
import '../style/account.css';
import '../state/theme.svelte';
