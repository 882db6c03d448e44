export const contentType = (path: string): string =>
  path.endsWith('.md')
    ? 'text/markdown; charset=utf-8'
    : path.endsWith('.json')
      ? 'application/json'
      : 'application/x-ndjson'
