/** Facts that differ by site: topics down, sites across; what a site lacks is plain to see. */
import { Anchor, Group, Stack, Switch, Table, Text } from '@mantine/core'
import { IconBuilding } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { rowsOf } from '../components/rowsOf.ts'
import { type ApiError, request } from '../graphql/client.ts'
import type { ResultOf } from '../graphql/graphql.ts'
import { queryKey } from '../graphql/hooks.ts'
import { readable } from '../sops/names.ts'
import { bySiteQuery, type SiteEntry } from './documents.ts'
import { isRetired } from './entry.ts'
import classes from './knowledge.module.css'
import type { KnowledgeSearch } from './route.ts'
import { useSites } from './useEntries.ts'

interface Topic {
  category: string
  topic: string
  /** By site; null: everywhere. */
  entries: Map<number | null, SiteEntry[]>
}

async function readAll(filter: object, signal: AbortSignal): Promise<SiteEntry[]> {
  const all: SiteEntry[] = []
  let after: string | null = null
  do {
    const page: ResultOf<typeof bySiteQuery> = await request(bySiteQuery, { filter, after }, signal)
    all.push(...rowsOf(page.knowledgeBases))
    const info = page.knowledgeBases?.pageInfo
    after = info?.hasNextPage ? (info.endCursor ?? null) : null
  } while (after !== null)
  return all
}

/** The topics that some site has an entry of its own for, and what holds everywhere in them. */
async function readTopics(signal: AbortSignal): Promise<Topic[]> {
  const own = await readAll({ siteId: { isNull: false } }, signal)
  const names = [...new Set(own.map((one) => one.topic))]
  const general =
    names.length === 0 ? [] : await readAll({ siteId: { isNull: true }, topic: { in: names } }, signal)
  const topics = new Map<string, Topic>()
  for (const entry of own) {
    if (isRetired(entry)) continue
    const { category, topic, siteId } = entry
    const key = `${category} ${topic}`
    const there = topics.get(key) ?? { category, topic, entries: new Map() }
    there.entries.set(siteId, [...(there.entries.get(siteId) ?? []), entry])
    topics.set(key, there)
  }
  for (const entry of general) {
    const there = topics.get(`${entry.category} ${entry.topic}`)
    if (there && !isRetired(entry)) there.entries.set(null, [...(there.entries.get(null) ?? []), entry])
  }
  return [...topics.values()]
}

export default function SiteMatrix({ search }: { search: KnowledgeSearch }) {
  const { t } = useTranslation('knowledge')
  const navigate = useNavigate()
  const { sites } = useSites()
  const query = useQuery<Topic[], ApiError>({
    queryKey: queryKey(bySiteQuery),
    queryFn: ({ signal }) => readTopics(signal),
  })
  const gaps = search.gaps === 'yes'
  const columns: { id: number | null; slug: string | null; name: string }[] = [
    ...sites,
    { id: null, slug: null, name: t('everywhere') },
  ]
  return (
    <QueryState query={query}>
      {(topics) => {
        const shown = topics.filter((one) => !gaps || sites.some((site) => !one.entries.has(site.id)))
        return (
          <Stack gap="sm">
            <Group justify="space-between">
              <Text size="sm" c="dimmed">
                {t('sites.hint')}
              </Text>
              <Switch
                size="xs"
                label={t('sites.gaps')}
                checked={gaps}
                onChange={({ currentTarget: { checked } }) =>
                  void navigate({
                    to: '/knowledge',
                    search: (all) => ({ ...all, gaps: checked ? ('yes' as const) : undefined }),
                    replace: true,
                  })
                }
              />
            </Group>
            {shown.length === 0 ? (
              <Empty icon={IconBuilding} title={t(gaps ? 'sites.complete' : 'sites.none')}>
                {t(gaps ? 'sites.completeHint' : 'sites.noneHint')}
              </Empty>
            ) : (
              <Table.ScrollContainer
                minWidth={(columns.length + 1) * 180}
                scrollAreaProps={{
                  viewportProps: { tabIndex: 0, role: 'region', 'aria-label': t('views.sites') },
                }}
              >
                <Table verticalSpacing="xs" withColumnBorders layout="fixed">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th scope="col" className={classes.topic}>
                        {t('fact.topic')}
                      </Table.Th>
                      {columns.map((one) => (
                        <Table.Th key={one.id} scope="col">
                          {one.name}
                        </Table.Th>
                      ))}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {shown.map((topic) => (
                      <Table.Tr key={`${topic.category} ${topic.topic}`}>
                        <Table.Th scope="row" className={classes.topic} style={{ verticalAlign: 'top' }}>
                          {readable(topic.topic)}
                          <Text size="xs" c="dimmed">
                            {readable(topic.category)}
                          </Text>
                        </Table.Th>
                        {columns.map((site) => (
                          <Cell key={site.id} topic={topic} site={site} />
                        ))}
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )}
          </Stack>
        )
      }}
    </QueryState>
  )
}

/** Entries that a cell shows. */
const most = 3

interface CellProps {
  topic: Topic
  site: { id: number | null; slug: string | null; name: string }
}

function Cell({ topic, site }: CellProps) {
  const { t } = useTranslation('knowledge')
  const { can } = useSession()
  const entries = topic.entries.get(site.id) ?? []
  if (entries.length === 0 && site.slug !== null) {
    const { category, topic: name } = topic
    const slug = site.slug
    // What holds everywhere holds here, too; whether that is enough a person sees.
    const covered = topic.entries.has(null)
    return (
      <Table.Td className={covered ? classes.covered : classes.missing} style={{ verticalAlign: 'top' }}>
        <Text size="sm">{t(covered ? 'sites.covered' : 'sites.missing')}</Text>
        {can('reviewer') && (
          <Anchor
            size="sm"
            c="inherit"
            td="underline"
            aria-label={t('sites.writeFor', { topic: readable(name), site: site.name })}
            renderRoot={(props) => (
              <Link to="/knowledge" search={{ mode: 'new', category, topic: name, site: slug }} {...props} />
            )}
          >
            {t('sites.write')}
          </Anchor>
        )}
      </Table.Td>
    )
  }
  return (
    <Table.Td style={{ verticalAlign: 'top' }}>
      <Stack gap={6}>
        {entries.slice(0, most).map((entry) => (
          <div key={entry.id}>
            <Anchor
              size="sm"
              lineClamp={2}
              dir="auto"
              style={{ overflowWrap: 'anywhere' }}
              renderRoot={(props) => <Link to="/knowledge" search={{ entry: entry.id }} {...props} />}
            >
              {entry.question}
            </Anchor>
            <Text size="xs" lineClamp={3} dir="auto" style={{ overflowWrap: 'anywhere' }}>
              {entry.answer.replaceAll(/[*#`]+/g, '')}
            </Text>
          </div>
        ))}
        {entries.length > most && (
          <Text size="xs" c="dimmed">
            {t('sites.more', { count: entries.length - most })}
          </Text>
        )}
      </Stack>
    </Table.Td>
  )
}
