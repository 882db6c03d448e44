// Reads apt's two source formats and writes the same mirrors for another release, source packages only.

/** Where a package too old or missing here is taken from, as source. bookworm (Debian 12) has no pgvector;
 *  noble (Ubuntu 24.04) has 0.6, before halfvec. From an LTS we go to the next LTS: releases between leave the mirrors. */
export const nextRelease: Record<string, string> = {
  bookworm: 'trixie',
  trixie: 'forky',
  noble: 'resolute',
}

export type AptFile = { name: string; text: string }
type Source = { types: string[]; uris: string[]; suites: string[]; components: string[]; options: Options }
type Options = Record<string, string>

export const words = (text: string | undefined) => (text ?? '').split(/[\s,]+/).filter(Boolean)

/** deb822 (`*.sources`): stanzas of `Field: value`, continued by lines that start with a blank. */
const readDeb822 = (text: string): Source[] =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split(/\n\s*\n/)
    .map((stanza) => {
      const fields: Options = {}
      for (const [, name, value] of stanza.matchAll(/^([^\s:]+):((?:.*)(?:\n[ \t].*)*)/gm)) {
        fields[name!.toLowerCase()] = value!.trim()
      }
      return fields
    })
    .filter((fields) => fields.types && !/^(no|false|0|off)$/i.test(fields.enabled ?? 'yes'))
    .map((fields) => ({
      types: words(fields.types),
      uris: words(fields.uris),
      suites: words(fields.suites),
      components: words(fields.components),
      options: fields,
    }))

/** One line a source (`*.list`): `deb [option=value …] uri suite component …`. */
const readOneLine = (text: string): Source[] =>
  text.split('\n').flatMap((line) => {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line)
    if (!match) return []
    const [, type, bracket, uri, suite, components] = match
    const options = Object.fromEntries(
      (bracket ?? '')
        .split(/\s+/)
        .filter(Boolean)
        .map((option) => {
          const [name, ...value] = option.split('=')
          return [name!.toLowerCase(), value.join('=')]
        }),
    )
    return [{ types: [type!], uris: [uri!], suites: [suite!], components: words(components), options }]
  })

/** deb822 text with the source packages of `next`, from every mirror that serves `codename` itself (its updates and
 *  security archives, and third parties with suites of their own, are left out). Signed by the keyrings the machine
 *  trusts for that mirror, and by `keyrings` (the distribution's own), which may know the newer key. */
export const nextSuiteSources = (
  files: AptFile[],
  codename: string,
  next: string,
  keyrings: string[] = [],
): string => {
  const stanzas = files
    .flatMap(({ name, text }) =>
      name.endsWith('.sources') ? readDeb822(text) : name.endsWith('.list') ? readOneLine(text) : [],
    )
    .filter(({ suites, components }) => suites.includes(codename) && components.length > 0)
    .map(({ uris, components, options }) => {
      // Also allowed are a key itself and fingerprints, which cannot be listed together with files.
      const signer = options['signed-by'] ?? ''
      const signedBy = signer.includes('BEGIN PGP')
        ? []
        : words(signer).filter((word) => word.startsWith('/'))
      const kept = [...new Set([...signedBy, ...keyrings])]
      return [
        'Types: deb-src',
        `URIs: ${uris.join(' ')}`,
        `Suites: ${next}`,
        `Components: ${components.join(' ')}`,
        ...(kept.length > 0 ? [`Signed-By: ${kept.join(' ')}`] : []),
        ...['Trusted', 'Check-Valid-Until', 'Check-Date'].flatMap((field) => {
          const value = options[field.toLowerCase()]
          return value ? [`${field}: ${value}`] : []
        }),
        '',
      ].join('\n')
    })
  return [...new Set(stanzas)].join('\n')
}
