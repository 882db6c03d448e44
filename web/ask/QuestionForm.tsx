/** The question and its filters; what is being written is not yet in the address. */
import { Box, Button, Group, NativeSelect, Stack, Text, Textarea } from '@mantine/core'
import { IconMessageQuestion, IconSearch } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { LateMomentPicker } from '../components/LateMomentPicker.tsx'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { filtersQuery } from './data.ts'
import type { AskSearch } from './route.ts'

interface Props {
  search: AskSearch
  busy: boolean
  onSearch: (search: AskSearch) => void
  onAsk: (search: AskSearch) => void
}

export function QuestionForm({ search, busy, onSearch, onAsk }: Props) {
  const { t } = useTranslation('ask')
  const { can } = useSession()
  const box = useRef<HTMLTextAreaElement>(null)
  const [q, setQ] = useState(search.q ?? '')
  const [category, setCategory] = useState(search.category ?? null)
  const [site, setSite] = useState(search.site ?? null)
  const [at, setAt] = useState(search.at ?? null)
  const { data } = useData(filtersQuery, {}, { staleTime: 300_000 })
  const categories = nodesOf(data?.sopCategories).flatMap(({ category: one }) => one ?? [])
  const sites = nodesOf(data?.sites)
    .map(({ slug, name }) => ({ value: slug, label: name }))
    .toSorted((one, other) => one.label.localeCompare(other.label))

  const mayAsk = can('agent')
  const ready = q.trim() !== '' && !busy
  const given = (): AskSearch => ({
    q: q.trim(),
    category: category ?? undefined,
    site: site ?? undefined,
    at: at ?? undefined,
  })
  const find = () => ready && onSearch(given())
  const ask = () => ready && at === null && onAsk(given())
  useShortcuts([
    { keys: 'q', label: t('keys.question'), run: () => box.current?.focus() },
    ...(mayAsk ? [{ keys: '$mod+Enter', label: t('keys.ask'), inFields: true, run: () => void ask() }] : []),
    { keys: '$mod+Shift+Enter', label: t('keys.search'), inFields: true, run: () => void find() },
  ])
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        find()
      }}
    >
      <Stack gap="sm">
        <Textarea
          ref={box}
          label={t('question')}
          placeholder={t('placeholder')}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={4000}
          value={q}
          onChange={(event) => setQ(event.currentTarget.value)}
        />
        <Group gap="sm" align="flex-end">
          {/* The system's own: nothing to load, and at home on a phone. */}
          <NativeSelect
            flex="1 1 9rem"
            maw="16rem"
            label={t('category')}
            data={[
              { value: '', label: t('anyCategory') },
              ...(category && !categories.includes(category) ? [category, ...categories] : categories),
            ]}
            value={category ?? ''}
            onChange={({ currentTarget: { value } }) => setCategory(value || null)}
          />
          <NativeSelect
            flex="1 1 9rem"
            maw="16rem"
            label={t('site')}
            data={[
              { value: '', label: t('anySite') },
              // A link may name one that there is not (any more).
              ...(site && !sites.some(({ value }) => value === site)
                ? [{ value: site, label: site }, ...sites]
                : sites),
            ]}
            value={site ?? ''}
            onChange={({ currentTarget: { value } }) => setSite(value || null)}
          />
          <Box flex="1 1 12rem" maw="16rem">
            <LateMomentPicker
              label={t('at')}
              placeholder={t('atPlaceholder')}
              value={at}
              onChange={setAt}
              past
            />
          </Box>
        </Group>
        <Group gap="sm">
          {mayAsk && (
            <Button
              onClick={ask}
              disabled={!ready || at !== null}
              loading={busy}
              leftSection={<IconMessageQuestion size={16} aria-hidden />}
            >
              {t('ask')}
            </Button>
          )}
          <Button
            type="submit"
            variant={mayAsk ? 'light' : 'filled'}
            disabled={!ready}
            leftSection={<IconSearch size={16} aria-hidden />}
          >
            {t('search')}
          </Button>
          {mayAsk && (
            <Text size="xs" c="dimmed" flex="1 1 16rem">
              {t(at === null ? 'askRecorded' : 'askNow')}
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  )
}
