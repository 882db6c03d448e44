/** The entries as they were at some time. */
import { Badge, Box, Group, NativeSelect, Paper, Stack, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { formatTime } from '../app/time.ts'
import { LateMomentPicker } from '../components/LateMomentPicker.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { rowsOf } from '../components/rowsOf.ts'
import { graphql } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'
import { readable } from '../sops/names.ts'
import { TrustBadge } from './Badges.tsx'
import { sitesQuery } from './documents.ts'
import type { KnowledgeSearch } from './route.ts'

const most = 200
const asOfQuery = graphql(`
  query KnowledgeAsOf($at: Datetime!, $category: String, $first: Int!) {
    knowledgeAsOf(at: $at, onlyCategory: $category, first: $first) {
      nodes { id category topic question answer trust site unchanged }
      pageInfo { hasNextPage }
    }
  }
`)

export default function AsOf({ search }: { search: KnowledgeSearch }) {
  const { t } = useTranslation('knowledge')
  const navigate = useNavigate()
  const places = useData(sitesQuery, {})
  const { at, category } = search
  const look = (change: Pick<KnowledgeSearch, 'at' | 'category'>) =>
    void navigate({ to: '/knowledge', search: { view: 'past', at, category, ...change }, replace: true })
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <Box flex="0 1 16rem">
          <LateMomentPicker
            label={t('past.at')}
            placeholder={t('past.choose')}
            value={at ?? null}
            onChange={(moment) => look({ at: moment ?? undefined })}
            past
          />
        </Box>
        <NativeSelect
          label={t('past.category')}
          value={category ?? ''}
          data={[
            { value: '', label: t('past.everyCategory') },
            ...rowsOf(places.data?.sopCategories).flatMap((one) =>
              one.category === null ? [] : [{ value: one.category, label: readable(one.category) }],
            ),
          ]}
          onChange={({ currentTarget: { value } }) => look({ category: value || undefined })}
        />
      </Group>
      {at === undefined ? (
        <Empty icon={IconHistory} title={t('past.choose')}>
          {t('past.hint')}
        </Empty>
      ) : (
        <Found at={at} category={category} />
      )}
    </Stack>
  )
}

function Found({ at, category }: { at: string; category: string | undefined }) {
  const { t } = useTranslation('knowledge')
  const query = useData(asOfQuery, { at, category: category ?? null, first: most })
  return (
    <QueryState query={query}>
      {({ knowledgeAsOf }) => {
        const rows = rowsOf(knowledgeAsOf)
        const more = knowledgeAsOf?.pageInfo.hasNextPage
        return (
          <>
            <Text size="sm" role="status">
              {t('past.count', { count: rows.length, time: formatTime(at) })} {more && t('past.more')}
            </Text>
            <Stack
              gap="xs"
              component="ol"
              m={0}
              p={0}
              style={{ listStyle: 'none' }}
              aria-label={t('views.past')}
            >
              {rows.map((row) => (
                <Paper key={row.id} component="li" withBorder p="sm">
                  <Group gap={6} mb={4}>
                    <Text size="xs" c="dimmed">
                      {readable(row.category ?? '')} / {readable(row.topic ?? '')}
                      {row.site !== null && ` · ${row.site}`}
                    </Text>
                    <TrustBadge trust={row.trust} />
                    <Badge size="sm" tt="none" variant="light" color={row.unchanged ? 'gray' : 'orange'}>
                      {t(row.unchanged ? 'past.same' : 'past.other')}
                    </Badge>
                  </Group>
                  <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
                    {row.unchanged && row.id !== null ? (
                      <Link to="/knowledge" search={{ entry: row.id }}>
                        {row.question}
                      </Link>
                    ) : (
                      row.question
                    )}
                  </Text>
                  <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                    {row.answer}
                  </Text>
                </Paper>
              ))}
            </Stack>
          </>
        )
      }}
    </QueryState>
  )
}
