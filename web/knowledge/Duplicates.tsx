/** Entries that ask the same, side by side: choose which stays, and merge. */
import { Anchor, Badge, Button, Group, Paper, Radio, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconCopyCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatShare } from '../app/time.ts'
import { Markdown } from '../components/Markdown.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { rowsOf } from '../components/rowsOf.ts'
import { toast } from '../components/toast.ts'
import { useChange, useData } from '../graphql/hooks.ts'
import { readable } from '../sops/names.ts'
import { TrustBadge } from './Badges.tsx'
import { changedByWriting, duplicatesQuery, mergeMutation, type PairEntry, pairsQuery } from './documents.ts'
import classes from './knowledge.module.css'

interface PairOf {
  one: number
  other: number
  similarity: number
  sameAnswer: boolean
}

export default function Duplicates() {
  const { t } = useTranslation('knowledge')
  const query = useData(duplicatesQuery, {})
  const list = useRef<HTMLOListElement>(null)
  // What was merged leaves at once; the server confirms it.
  const [gone, setGone] = useState<ReadonlySet<number>>(new Set())
  const pairs = rowsOf(query.data?.knowledgeDuplicates).flatMap((one): PairOf[] =>
    one.knowledgeId === null ||
    one.duplicateId === null ||
    gone.has(one.knowledgeId) ||
    gone.has(one.duplicateId)
      ? []
      : [
          {
            one: one.knowledgeId,
            other: one.duplicateId,
            similarity: one.similarity ?? 0,
            sameAnswer: one.sameAnswer === true,
          },
        ],
  )
  const ids = [...new Set(pairs.flatMap(({ one, other }) => [one, other]))].sort((a, b) => a - b)
  const texts = useData(pairsQuery, { ids }, { enabled: ids.length > 0, keepPrevious: true })
  const entries = new Map(rowsOf(texts.data?.knowledgeBases).map((one) => [one.id, one]))
  return (
    <QueryState query={query}>
      {() =>
        pairs.length === 0 ? (
          <Empty icon={IconCopyCheck} title={t('merge.none')}>
            {t('merge.noneHint')}
          </Empty>
        ) : (
          <QueryState query={texts}>
            {() => (
              <ol className={classes.pairs} aria-label={t('views.duplicates')} ref={list} tabIndex={-1}>
                {pairs.map((pair) => {
                  const [one, other] = [entries.get(pair.one), entries.get(pair.other)]
                  return (
                    one &&
                    other && (
                      <Pair
                        key={`${pair.one} ${pair.other}`}
                        pair={pair}
                        entries={[one, other]}
                        onMerged={(id) => {
                          setGone((before) => new Set([...before, id]))
                          list.current?.focus()
                        }}
                        onRefused={(id) =>
                          setGone((before) => new Set([...before].filter((known) => known !== id)))
                        }
                      />
                    )
                  )
                })}
              </ol>
            )}
          </QueryState>
        )
      }
    </QueryState>
  )
}

interface PairProps {
  pair: PairOf
  entries: [PairEntry, PairEntry]
  onMerged: (gone: number) => void
  onRefused: (gone: number) => void
}

function Pair({ pair, entries, onMerged, onRefused }: PairProps) {
  const { t } = useTranslation('knowledge')
  const { can } = useSession()
  // The server names the one first that is more trusted, more used, older.
  const [keepId, setKeepId] = useState(pair.one)
  const goes = keepId === pair.one ? pair.other : pair.one
  const merge = useChange(mergeMutation, {
    refreshes: changedByWriting,
    onSuccess: () => toast({ message: t('merge.done') }),
    onError: () => {
      onRefused(goes)
      return false
    },
  })
  const share = formatShare(pair.similarity)
  return (
    <Paper component="li" withBorder p={{ base: 'sm', sm: 'md' }}>
      <Group justify="space-between" mb="sm" gap="xs">
        <Group gap={6}>
          <Badge variant="light" tt="none">
            {t('merge.similar', { share })}
          </Badge>
          <Badge variant="light" tt="none" color={pair.sameAnswer ? 'teal' : 'orange'}>
            {t(pair.sameAnswer ? 'merge.sameAnswer' : 'merge.otherAnswer')}
          </Badge>
        </Group>
        {can('reviewer') && (
          <Button
            size="xs"
            loading={merge.isPending}
            onClick={() => {
              merge.mutate({
                input: { keepId, duplicateIds: [goes], reason: t('merge.reason', { share }) },
              })
              onMerged(goes)
            }}
          >
            {t('merge.do')}
          </Button>
        )}
      </Group>
      <Radio.Group
        value={String(keepId)}
        onChange={(value) => setKeepId(Number(value))}
        aria-label={t('merge.which')}
      >
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {entries.map((entry) => (
            <Stack key={entry.id} gap={6} style={{ minWidth: 0 }}>
              {can('reviewer') && (
                <Radio
                  value={String(entry.id)}
                  label={t('merge.keep')}
                  aria-describedby={`question${entry.id}`}
                />
              )}
              <Anchor
                id={`question${entry.id}`}
                fw={600}
                dir="auto"
                style={{ overflowWrap: 'anywhere' }}
                renderRoot={(props) => <Link to="/knowledge" search={{ entry: entry.id }} {...props} />}
              >
                {entry.question}
              </Anchor>
              <Group gap={6}>
                <TrustBadge trust={entry.trust} />
                <Text size="xs" c="dimmed">
                  {readable(entry.category)} / {readable(entry.topic)} · {entry.site?.name ?? t('everywhere')}{' '}
                  · {entry.usageCount === 0 ? t('unused') : t('used', { count: entry.usageCount })}
                </Text>
              </Group>
              <Markdown html={entry.answerHtml} mah="16rem" style={{ overflow: 'auto' }} />
            </Stack>
          ))}
        </SimpleGrid>
      </Radio.Group>
    </Paper>
  )
}
