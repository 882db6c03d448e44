/** An answer's search done again: as it was when it was asked, and as it would be now. */
import { Badge, Button, Group, ScrollArea, Stack, Table, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatTime } from '../app/time.ts'
import { QueryState } from '../components/QueryState.tsx'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'

const replayQuery = graphql(`
  query ReplayResponse($id: BigInt!, $at: Datetime) {
    replayResponse(id: $id, at: $at) {
      nodes { rank kind version category topic storedKind storedVersion storedCategory storedTopic same allSame exact }
    }
  }
`)

type Found = NonNullable<ResultOf<typeof replayQuery>['replayResponse']>['nodes'][number]

export function Replay({ id }: { id: string }) {
  const { t } = useTranslation('ask')
  const [asked, setAsked] = useState<{ at: string | null }>()
  return (
    <section>
      <Title order={2} size="h5" mb={4}>
        {t('replay.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="xs" maw="44rem">
        {t('replay.about')}
      </Text>
      <Group gap="xs" mb="sm">
        <Button size="xs" variant="light" onClick={() => setAsked({ at: null })}>
          {t('replay.then')}
        </Button>
        <Button size="xs" variant="light" onClick={() => setAsked({ at: new Date().toISOString() })}>
          {t('replay.now')}
        </Button>
      </Group>
      {asked && <Result id={id} at={asked.at} />}
    </section>
  )
}

function Result({ id, at }: { id: string; at: string | null }) {
  const { t } = useTranslation('ask')
  const query = useData(replayQuery, { id, at })
  return (
    <QueryState query={query}>
      {({ replayResponse }) => {
        const rows = (replayResponse?.nodes ?? []).filter((row): row is NonNullable<Found> => row !== null)
        const same = rows.filter((row) => row.same).length
        return (
          <Stack gap="xs">
            <Text size="sm" fw={500} role="status">
              {rows.length === 0
                ? t('replay.nothing')
                : same === rows.length
                  ? t('replay.same', { count: rows.length })
                  : t('replay.differs', { same, count: rows.length })}{' '}
              {at === null
                ? !rows.every((row) => row.exact) && rows.length > 0 && t('replay.notExact')
                : t('replay.asOf', { time: formatTime(at) })}
            </Text>
            {rows.length > 0 && (
              <ScrollArea
                type="auto"
                viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('replay.title') }}
              >
                <Table miw={480} verticalSpacing={4} fz="sm" aria-label={t('replay.title')}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th scope="col">#</Table.Th>
                      <Table.Th scope="col">{t('replay.stored')}</Table.Th>
                      <Table.Th scope="col">{t('replay.found')}</Table.Th>
                      <Table.Th scope="col">{t('replay.state')}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {rows.map((row, index) => (
                      <Table.Tr key={row.rank ?? `stored ${index}`}>
                        <Table.Td>{row.rank ?? index + 1}</Table.Td>
                        <Table.Td style={{ overflowWrap: 'anywhere' }}>
                          {nameOf(row.storedCategory, row.storedTopic, row.storedVersion)}
                        </Table.Td>
                        <Table.Td style={{ overflowWrap: 'anywhere' }}>
                          {nameOf(row.category, row.topic, row.version)}
                        </Table.Td>
                        <Table.Td>
                          <Badge variant="light" color={row.same ? 'teal' : 'orange'}>
                            {t(row.same ? 'replay.isSame' : 'replay.isOther')}
                          </Badge>
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </ScrollArea>
            )}
          </Stack>
        )
      }}
    </QueryState>
  )
}

const nameOf = (category: string | null, topic: string | null, version: number | null) =>
  category === null ? '–' : `${category}/${topic}${version === null ? '' : ` · v${version}`}`
