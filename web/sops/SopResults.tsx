/** What the search finds: passages of SOPs, each with how well it fits; the arrow keys go through them from the field. */
import { Badge, Combobox, Group, Progress, Stack, Text, useCombobox } from '@mantine/core'
import { IconSearchOff } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type ReactElement, type RefObject, useEffect, useLayoutEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, QueryState } from '../components/QueryState.tsx'
import type { ResultOf } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'
import { searchQuery } from './documents.ts'
import { readable } from './names.ts'

type Found = ResultOf<typeof searchQuery>['searchKnowledge'][number]

interface Props {
  asked: string
  typed: string
  /** Whether the field that stood here before had the focus. */
  focused: boolean
  input: RefObject<HTMLInputElement | null>
  /** The field. */
  children: ReactElement
}

export default function SopResults({ asked, typed, focused, input, children }: Props) {
  const navigate = useNavigate()
  const store = useCombobox({ opened: asked !== '' })
  const query = useData(searchQuery, { query: asked }, { enabled: asked !== '', keepPrevious: true })
  // biome-ignore lint/correctness/useExhaustiveDependencies: when it takes the place of the first field, and never again
  useLayoutEffect(() => {
    if (!focused) return
    input.current?.focus()
    input.current?.setSelectionRange(typed.length, typed.length)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words, other results
  useEffect(() => store.resetSelectedOption(), [typed])
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
      <Combobox.EventsTarget withExpandedAttribute>{children}</Combobox.EventsTarget>
      {asked !== '' && (
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
