/** Dark or light: the person's choice, else the system's. */
const KEY = 'graphkeep-theme';

class Theme {
  name: 'dark' | 'light' = $state('dark');

  constructor() {
    let stored: string | null = null;
    try {
      stored = localStorage.getItem(KEY);
    } catch {
      // A page that is embedded elsewhere may have no storage.
    }
    const system = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
    this.set(stored === 'dark' || stored === 'light' ? stored : system, false);
  }

  set(name: 'dark' | 'light', isStored = true): void {
    this.name = name;
    document.documentElement.dataset.theme = name;
    if (!isStored) return;
    try {
      localStorage.setItem(KEY, name);
    } catch {
      // The choice holds for this page alone.
    }
  }

  toggle(): void {
    this.set(this.name === 'dark' ? 'light' : 'dark');
  }
}

export const theme = new Theme();
