/** How the web UI is bundled; `web/build.ts` runs it. */
import { join } from 'node:path'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  // One place for what the bundler caches, out of node_modules: an installation may be read-only.
  cacheDir: join(import.meta.dirname, '..', '.clubos', 'vite'),
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    reportCompressedSize: false,
    // The charts' and the editor's, which come when they are first shown.
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
    manifest: true,
    sourcemap: false,
    rolldownOptions: {
      output: {
        // Fewer and larger files: a hundred small ones compress badly. What everything needs goes together; icons and
        // our own small parts likewise.
        codeSplitting: {
          groups: [
            {
              name: 'frame',
              test: /node_modules\/(react|react-dom|scheduler|@tanstack\/(react-router|router-core|history|store|react-store|react-query|query-core)|i18next|react-i18next|use-sync-external-store|clsx)\//,
              priority: 3,
            },
            { name: 'icons', test: /node_modules\/@tabler\//, priority: 2 },
            {
              name: 'ui',
              test: /node_modules\/(@mantine|react-remove-scroll)/,
              minShareCount: 14,
              priority: 1,
            },
            { name: 'parts', test: /web\/(app|components|graphql|i18n\/index)/, minShareCount: 6 },
          ],
        },
      },
      onLog(level, log, handle) {
        // "use client" means something to servers that render, which we have none of.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log)
      },
    },
  },
})
