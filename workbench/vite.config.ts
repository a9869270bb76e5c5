import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

interface Icon {
  unicode: string;
  aliases?: { names?: string[] };
  familyStylesByLicense: { free: { style: string }[] };
}

/** The icon font's names and code points, former names included. */
function glyphs(): Plugin {
  const id = '\0virtual:glyphs';
  return {
    name: 'glyphs',
    resolveId: (source) => (source === 'virtual:glyphs' ? id : undefined),
    load(asked) {
      if (asked !== id) return undefined;
      const path = 'node_modules/@fortawesome/fontawesome-free/metadata/icon-families.json';
      const icons: Record<string, Icon> = JSON.parse(
        readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8'),
      );
      const found: Record<string, string> = {};
      for (const [name, icon] of Object.entries(icons)) {
        const styles = icon.familyStylesByLicense.free.map((one) => one.style);
        const family = styles.includes('solid') ? 's' : styles.includes('brands') ? 'b' : '';
        if (!family) continue;
        for (const one of [...(icon.aliases?.names ?? []), name]) found[one] = `${family}:${icon.unicode}`;
      }
      return `export default ${JSON.stringify(found)};`;
    },
  };
}

export default defineConfig({
  base: '/static/workbench/',
  plugins: [svelte(), glyphs()],
  // For `graphkeep dev`: the page comes from the server's port, its modules from Vite's.
  server: { cors: { origin: /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/ } },
  worker: { format: 'es' },
  build: {
    outDir: '../src/graphkeep/server/static/workbench',
    emptyOutDir: true,
    manifest: true,
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      input: ['src/app/graph.ts', 'src/app/gallery.ts', 'src/app/account.ts'],
    },
  },
});
