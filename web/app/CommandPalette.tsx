/** Ctrl + K: go to a page, do something, find an SOP or a piece of knowledge by words and meaning. */
import '@mantine/spotlight/styles.css'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconBook2, IconBulb, IconCommand, IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { graphql } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'
import { useKeyboard } from './keyboard.tsx'
import { pages } from './pages.ts'
import { useSession } from './session.ts'

const findQuery = graphql(`
  query PaletteSearch($query: String!) {
    searchKnowledge(query: $query, first: 8) { kind sopId knowledgeId title heading category snippet }
  }
`)

const open = (shortcutKeys: string) => () =>
  // The same way as the key itself, so that a command does what its key does.
  setTimeout(() => {
    for (const key of shortcutKeys.split(' '))
      window.dispatchEvent(
        new KeyboardEvent('keydown', {
          key: key.replace('Shift+', ''),
          shiftKey: key.startsWith('Shift+'),
          bubbles: true,
          cancelable: true,
        }),
      )
  }, 350)

export default function CommandPalette() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { role } = useSession()
  const { registry } = useKeyboard()
  const [query, setQuery] = useState('')
  const [asked] = useDebouncedValue(query.trim(), 150)
  const { data } = useData(
    findQuery,
    { query: asked },
    { enabled: asked.length >= 2, keepPrevious: true, staleTime: 30_000 },
  )

  const matches = (label: string) => label.toLowerCase().includes(query.trim().toLowerCase())
  const here = [...registry.values()]
    .filter((entry) => entry.scope === 'here')
    .flatMap((entry) => entry.shortcuts)
    .filter((one) => !one.keys.includes('$mod') && matches(one.label))
  const group = (name: string, actions: SpotlightActionData[]): SpotlightActionGroupData[] =>
    actions.length > 0 ? [{ group: name, actions }] : []
  const found = asked.length >= 2 ? (data?.searchKnowledge ?? []) : []
  const seen = new Set<string>()
  const unique = found.filter((one) => {
    const key = `${one.kind}${one.sopId ?? ''}${one.knowledgeId ?? ''}`
    return !seen.has(key) && seen.add(key)
  })

  const actions = [
    ...group(
      t('palette.here'),
      here.map((one) => ({
        id: `here-${one.keys}`,
        label: one.label,
        leftSection: <IconCommand size={18} aria-hidden />,
        onClick: open(one.keys),
      })),
    ),
    ...group(
      t('palette.pages'),
      pages
        .filter((page) => page.for(role) && matches(t(`nav.${page.name}`)))
        .map((page) => ({
          id: page.path,
          label: t(`nav.${page.name}`),
          leftSection: <page.icon size={18} aria-hidden />,
          onClick: () => void navigate({ to: page.path }),
        })),
    ),
    ...group(
      t('palette.sops'),
      unique
        .filter((one) => one.sopId !== null)
        .map((one) => ({
          id: `sop-${one.sopId}`,
          label: one.title,
          description: [one.category, one.heading].filter(Boolean).join(' · '),
          leftSection: <IconBook2 size={18} aria-hidden />,
          onClick: () => void navigate({ to: '/sops/$id', params: { id: String(one.sopId) } }),
        })),
    ),
    ...group(
      t('palette.knowledge'),
      unique
        .filter((one) => one.sopId === null && one.knowledgeId !== null)
        .map((one) => ({
          id: `knowledge-${one.knowledgeId}`,
          label: one.title,
          description: one.category,
          leftSection: <IconBulb size={18} aria-hidden />,
          onClick: () => void navigate({ to: '/knowledge', search: { entry: one.knowledgeId ?? undefined } }),
        })),
    ),
  ]

  return (
    <Spotlight
      actions={actions}
      query={query}
      onQueryChange={setQuery}
      filter={(_query, all) => all}
      nothingFound={t('palette.nothing')}
      highlightQuery
      scrollable
      maxHeight="60vh"
      shortcut={null}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: t('palette.placeholder'),
        'aria-label': t('palette.open'),
      }}
    />
  )
}
