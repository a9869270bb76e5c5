import '../style/tokens.css';
import '../style/account.css';
import '../state/style/theme.svelte';
