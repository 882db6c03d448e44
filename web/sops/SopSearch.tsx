/** What the search finds as one types: passages of SOPs, each with how well it fits. */
import { Badge, Combobox, Group, Progress, Stack, Text, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch, IconSearchOff } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, QueryState } from '../components/QueryState.tsx'
import type { ResultOf } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'
import { searchQuery } from './documents.ts'
import { readable } from './names.ts'

type Found = ResultOf<typeof searchQuery>['searchKnowledge'][number]

interface Props {
  q: string | undefined
  input: RefObject<HTMLInputElement | null>
  /** The tree, while nothing is searched for. */
  children: React.ReactNode
}

export function SopSearch({ q = '', input, children }: Props) {
  const { t } = useTranslation('sops')
  const navigate = useNavigate()
  const store = useCombobox({ opened: q.trim() !== '' })
  const [typed, setTyped] = useState(q)
  const sent = useRef(q)
  // Back and forward bring another search; what is being typed meanwhile stays.
  useEffect(() => {
    if (q !== sent.current) {
      sent.current = q
      setTyped(q)
    }
  }, [q])
  const send = useDebouncedCallback((text: string) => {
    sent.current = text
    void navigate({ to: '.', search: (all) => ({ ...all, q: text || undefined }), replace: true })
  }, 120)
  const asked = q.trim()
  const query = useData(searchQuery, { query: asked }, { enabled: asked !== '', keepPrevious: true })
  const open = (value: string) => {
    const [id] = value.split(' ')
    void navigate({
      to: '/sops/$id',
      params: { id: id! },
      search: (all) => ({ q: all.q, archived: all.archived }),
    })
  }

  return (
    <Combobox store={store} onOptionSubmit={open}>
      <Combobox.EventsTarget withExpandedAttribute>
        <TextInput
          ref={input}
          type="search"
          aria-label={t('search.label')}
          placeholder={t('search.placeholder')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          maxLength={1000}
          onChange={({ currentTarget: { value } }) => {
            setTyped(value)
            send(value.trim())
            store.resetSelectedOption()
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              setTyped('')
              send('')
            }
          }}
        />
      </Combobox.EventsTarget>
      {asked === '' ? (
        children
      ) : (
        <QueryState query={query}>
          {({ searchKnowledge }) => <Results found={searchKnowledge.filter((one) => one.sopId !== null)} />}
        </QueryState>
      )}
    </Combobox>
  )
}

function Results({ found }: { found: Found[] }) {
  const { t } = useTranslation('sops')
  const best = Math.max(...found.map((one) => one.score), 1e-9)
  if (found.length === 0)
    return (
      <Empty icon={IconSearchOff} title={t('search.nothing')}>
        {t('search.nothingHint')}
      </Empty>
    )
  return (
    <Combobox.Options
      aria-label={t('search.results')}
      style={{ overflowY: 'auto', flex: 1, minHeight: 0 }}
      tabIndex={0}
    >
      {found.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an SOP may be found by several passages; the list is made anew with each search
        <Combobox.Option key={`${one.sopId}${index}`} value={`${one.sopId} ${index}`}>
          <Stack gap={2}>
            <Text size="sm" fw={600} lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
              {one.title}
            </Text>
            <Group gap={6} wrap="nowrap">
              <Badge size="xs" variant="light" color="gray" tt="none" style={{ flexShrink: 0 }}>
                {readable(one.category)}
              </Badge>
              <Text size="xs" c="dimmed" truncate style={{ flex: 1 }}>
                {one.heading}
              </Text>
              <Progress
                value={(100 * Math.max(0, one.score)) / best}
                size="sm"
                w={48}
                style={{ flexShrink: 0 }}
                aria-label={t('search.score')}
                title={t('search.score')}
              />
            </Group>
            <Text size="xs" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
              {one.snippet}
            </Text>
          </Stack>
        </Combobox.Option>
      ))}
    </Combobox.Options>
  )
}
