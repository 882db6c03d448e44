/** What models are told, as the club's own texts: which there are, who changed them last and why. */
import { Anchor, Badge, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconMessage2Cog } from '@tabler/icons-react'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Time } from '../components/Time.tsx'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { knownName, promptsQuery } from './documents.ts'
import { NoModel } from './NoModel.tsx'

export const route = createLazyRoute('/staff/admin/prompts')({ component: PromptsPage })

function PromptsPage() {
  const { t } = useTranslation('prompts')
  const query = useData(promptsQuery, {})
  return (
    <QueryState query={query}>
      {({ prompts }) => {
        const rows = nodesOf(prompts)
        if (rows.length === 0)
          return (
            <Empty icon={IconMessage2Cog} title={t('empty.title')}>
              {t('empty.hint')}
            </Empty>
          )
        return (
          <Stack maw="56rem">
            <Text size="sm" c="dimmed">
              {t('about')}
            </Text>
            <NoModel />
            <Stack component="ul" gap="sm" m={0} p={0} aria-label={t('list')} style={{ listStyle: 'none' }}>
              {rows.map(({ id, name, version, content, defaultContent, promptVersions }) => {
                const [last] = nodesOf(promptVersions)
                const of = knownName(name)
                return (
                  <Paper key={id} component="li" withBorder p="md" style={{ overflowWrap: 'anywhere' }}>
                    <Group gap="xs">
                      <Title order={2} size="h5">
                        <Anchor
                          inherit
                          renderRoot={(props) => (
                            <Link {...props} to="/admin/prompts/$name" params={{ name }} />
                          )}
                        >
                          {of ? t(`names.${of}`) : name}
                        </Anchor>
                      </Title>
                      <Badge variant="light" tt="none">
                        {t('version', { version })}
                      </Badge>
                      {defaultContent !== null && content !== defaultContent && (
                        <Badge variant="light" color="grape" tt="none">
                          {t('own')}
                        </Badge>
                      )}
                    </Group>
                    {of && <Text size="sm">{t(`purpose.${of}`)}</Text>}
                    {last && (
                      <Text size="sm" c="dimmed" lineClamp={2}>
                        {last.changeReason} · {last.changedBy} · <Time at={last.createdAt} />
                      </Text>
                    )}
                  </Paper>
                )
              })}
            </Stack>
          </Stack>
        )
      }}
    </QueryState>
  )
}
