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
        // What every page begins with goes together: many small files compress badly. The page itself stays apart, since
        // it waits (for the texts) while others load that need this.
        codeSplitting: {
          groups: [
            {
              name: 'first',
              tags: ['$initial'],
              test: (id) => !/\/(index\.html|main\.tsx)$/.test(id),
              priority: 2,
            },
            // What fields are made of: small parts, and most pages have some.
            {
              name: 'fields',
              test: /@mantine\/core\/esm\/components\/(Input|InputBase|NativeSelect|Textarea|TextInput|Checkbox|SegmentedControl|Switch|Radio|Paper)\/|utils\/InlineInput|web\/(app\/time|components\/(Time|Page|rowsOf|late))|SimpleGrid|fileRoute/,
              minShareCount: 3,
              priority: 1,
            },
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
