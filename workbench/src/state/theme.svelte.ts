/** Dark or light: the person's choice, else the system's. */
const KEY = 'graphkeep-theme';

class Theme {
  name: 'dark' | 'light' = $state('dark');

  constructor() {
    let kept: string | null = null;
    try {
      kept = localStorage.getItem(KEY);
    } catch {
      // A page embedded elsewhere may have no storage: the system's choice holds then.
    }
    const system = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
    this.set(kept === 'dark' || kept === 'light' ? kept : system, false);
  }

  set(name: 'dark' | 'light', keep = true): void {
    this.name = name;
    document.documentElement.dataset.theme = name;
    if (!keep) return;
    try {
      localStorage.setItem(KEY, name);
    } catch {
      // Kept for this page alone.
    }
  }

  toggle(): void {
    this.set(this.name === 'dark' ? 'light' : 'dark');
  }
}

export const theme = new Theme();
