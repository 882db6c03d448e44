/** The questions: what fails first, found as one types, gone through by j and k. */
import {
  ActionIcon,
  Badge,
  Box,
  Group,
  NativeSelect,
  Paper,
  Stack,
  Text,
  TextInput,
  Tooltip,
} from '@mantine/core'
import { IconCertificate, IconPencil, IconSearch, IconTrash } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { formatNumber, formatShare } from '../app/time.ts'
import { Empty } from '../components/QueryState.tsx'
import { askReason } from '../components/reason.ts'
import { toast } from '../components/toast.ts'
import { useChange } from '../graphql/hooks.ts'
import { type Asked, filtered, nameOf, written } from './asked.ts'
import { changedByWriting, removeMutation, saveMutation } from './documents.ts'
import { colors } from './LastCheck.tsx'
import { type GoldenSearch, shows } from './route.ts'

export function GoldenList({ rows, search }: { rows: Asked[]; search: GoldenSearch }) {
  const { t } = useTranslation('golden')
  const { can } = useSession()
  const navigate = useNavigate()
  const list = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(search.q ?? '')
  const shown = filtered(rows, { ...search, q: typed })
  const set = (part: Partial<GoldenSearch>) =>
    void navigate({ to: '/golden', search: (all) => ({ ...all, ...part }), replace: true })
  const at = shown.findIndex((row) => row.id === search.question)
  const step = (by: number) => {
    const row = shown[Math.min(shown.length - 1, Math.max(0, at + by))]
    if (row) set({ question: row.id })
  }
  useEffect(() => {
    if (search.question !== undefined)
      list.current
        ?.querySelector(`[data-question="${search.question}"]`)
        ?.scrollIntoView({ block: 'nearest' })
  }, [search.question])
  const edit = (row: Asked) =>
    void navigate({ to: '/golden', search: (all) => ({ ...all, question: row.id, mode: 'edit' }) })
  const chosen = shown[at]
  useShortcuts([
    { keys: 'j', label: t('keys.next'), run: () => step(1) },
    { keys: 'k', label: t('keys.previous'), run: () => step(-1) },
    { keys: 'f', label: t('keys.search'), run: () => input.current?.focus() },
    ...(can('reviewer') ? [{ keys: 'e', label: t('keys.edit'), run: () => chosen && edit(chosen) }] : []),
  ])
  const restore = useChange(saveMutation, {
    refreshes: changedByWriting,
    onSuccess: () => toast({ message: t('undo.done') }),
  })
  const remove = useChange(removeMutation, { refreshes: changedByWriting })
  const take = async (row: Asked) => {
    const reason = await askReason({
      title: t('remove.title'),
      action: t('remove.action'),
      text: row.question,
      danger: true,
    })
    if (reason === null) return
    remove.mutate(
      { input: { id: row.id, reason } },
      {
        onSuccess: () =>
          toast({
            message: t('remove.done'),
            undo: () => restore.mutate({ input: { ...written(row), reason: t('undo.reason') } }),
          }),
      },
    )
  }
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <TextInput
          ref={input}
          label={t('search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          type="search"
          miw={0}
          style={{ flex: '1 1 14rem' }}
          maxLength={200}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            set({ q: event.currentTarget.value.trim() || undefined })
          }}
        />
        <NativeSelect
          label={t('show.label')}
          style={{ flex: '0 1 14rem' }}
          value={search.only ?? ''}
          onChange={(event) => set({ only: shows.find((one) => one === event.currentTarget.value) })}
          data={[
            { value: '', label: t('show.all') },
            ...shows.map((one) => ({ value: one, label: t(`show.${one}`) })),
          ]}
        />
      </Group>
      <Text size="xs" c="dimmed" role="status">
        {t('count', { count: shown.length, shown: formatNumber(shown.length) })}
      </Text>
      {shown.length === 0 ? (
        <Empty icon={IconCertificate} title={t('none.title')}>
          {t('none.hint')}
        </Empty>
      ) : (
        <Stack
          ref={list}
          component="ul"
          gap="xs"
          m={0}
          p={0}
          aria-label={t('list')}
          style={{ listStyle: 'none' }}
        >
          {shown.map((row) => (
            <Paper
              key={row.id}
              component="li"
              withBorder
              p="sm"
              data-question={row.id}
              aria-current={row.id === search.question || undefined}
              bg={row.id === search.question ? 'var(--mantine-primary-color-light)' : undefined}
            >
              <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
                <Box miw={0} style={{ overflowWrap: 'anywhere' }}>
                  <Text size="sm" fw={600} dir="auto">
                    {row.question}
                  </Text>
                  <Row row={row} />
                </Box>
                {can('reviewer') && (
                  <Group gap={4} wrap="nowrap">
                    <Tooltip label={t('edit')}>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={t('editOf', { question: row.question })}
                        onClick={() => edit(row)}
                      >
                        <IconPencil size={16} aria-hidden />
                      </ActionIcon>
                    </Tooltip>
                    <Tooltip label={t('remove.action')}>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={t('remove.of', { question: row.question })}
                        onClick={() => void take(row)}
                      >
                        <IconTrash size={16} aria-hidden />
                      </ActionIcon>
                    </Tooltip>
                  </Group>
                )}
              </Group>
            </Paper>
          ))}
        </Stack>
      )}
    </Stack>
  )
}

const verdicts = [
  'gone',
  'nothing_found',
  'unsure',
  'other_source',
  'for_a_person',
  'answered',
  'emergency',
] as const

function Row({ row }: { row: Asked }) {
  const { t } = useTranslation('golden')
  const { result, state } = row
  const verdict = verdicts.find((one) => one === result?.verdict)
  return (
    <>
      <Text size="sm">
        {t('expected')} {nameOf(row) ?? t('person')}
      </Text>
      {state === 'failed' && result && (
        <Text size="sm">
          {t('found')} {result.found_title ?? t('nothing')}
          {result.confidence !== null && ` (${t('confidence', { share: formatShare(result.confidence) })})`}
          {verdict && `. ${t(`verdict.${verdict}`)}.`}
          {!result.by_vector && ` ${t('byWords')}`}
        </Text>
      )}
      {row.note && (
        <Text size="xs" c="dimmed">
          {row.note}
        </Text>
      )}
      <Group gap={6} mt={6}>
        <Badge size="sm" variant="light" tt="none" color={colors[state]}>
          {t(`state.${state}`)}
        </Badge>
        {row.site && (
          <Badge size="sm" variant="default" tt="none">
            {row.site.name}
          </Badge>
        )}
      </Group>
    </>
  )
}
