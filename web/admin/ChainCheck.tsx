/** Whether the chain of the audit log is whole. */
import { Alert, Box, Button, Code, Group, List, Paper, Text, TextInput, Title } from '@mantine/core'
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { formatDay, formatNumber, formatTime } from '../app/time.ts'
import { Failed } from '../components/QueryState.tsx'
import { type ApiError, request } from '../graphql/client.ts'
import { graphql } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'

const headQuery = graphql(`
  query AuditHead { systemHealth { auditRows auditHeadDay auditHeadPosition auditHeadHash } }
`)
const verifyQuery = graphql(`
  query VerifyAuditLog($head: String) {
    verifyAuditLog(head: $head, first: 100) { nodes { chainPosition auditId problem } pageInfo { hasNextPage } }
    systemHealth { auditRows }
  }
`)

export function ChainCheck() {
  const { t } = useTranslation(['admin', 'common'])
  const { data } = useData(headQuery, {})
  const [head, setHead] = useState('')
  const check = useMutation({
    mutationFn: async () => {
      const { verifyAuditLog, systemHealth } = await request(verifyQuery, { head: head.trim() || null })
      return {
        at: new Date().toISOString(),
        rows: Number(systemHealth?.auditRows ?? 0),
        problems: (verifyAuditLog?.nodes ?? []).filter((one) => one !== null),
        more: verifyAuditLog?.pageInfo.hasNextPage ?? false,
      }
    },
  })
  useShortcuts([{ keys: 'c', label: t('chain.check'), run: () => check.mutate() }])
  const kept = data?.systemHealth
  return (
    <Paper withBorder p="md" component="section" aria-label={t('chain.title')}>
      <Title order={2} size="h4">
        {t('chain.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm" maw="48rem">
        {t('chain.about')}
      </Text>
      <Group align="flex-end" gap="sm">
        <TextInput
          label={t('chain.head')}
          description={t('chain.headHint')}
          placeholder="1234:0f3a…"
          value={head}
          autoComplete="off"
          onChange={(event) => setHead(event.currentTarget.value)}
          flex="1 1 16rem"
          maw="36rem"
        />
        <Button
          onClick={() => check.mutate()}
          loading={check.isPending}
          leftSection={<IconShieldCheck size={18} aria-hidden />}
        >
          {t('chain.check')}
        </Button>
      </Group>
      <Box role="status">
        {check.data && check.data.problems.length === 0 && (
          <Alert mt="sm" color="teal" icon={<IconShieldCheck />} title={t('chain.whole')}>
            {t('chain.wholeText', { rows: formatNumber(check.data.rows), at: formatTime(check.data.at) })}
          </Alert>
        )}
        {check.data && check.data.problems.length > 0 && (
          <Alert mt="sm" color="red" icon={<IconAlertTriangle />} title={t('chain.broken')}>
            <Text size="sm">{t('chain.brokenText', { at: formatTime(check.data.at) })}</Text>
            <List size="sm" mt="xs">
              {check.data.problems.map((one) => (
                <List.Item key={`${one.chainPosition} ${one.auditId} ${one.problem}`}>
                  {t('chain.problem', {
                    position: one.chainPosition ?? '–',
                    id: one.auditId ?? '–',
                    problem: one.problem,
                  })}
                </List.Item>
              ))}
              {check.data.more && <List.Item>…</List.Item>}
            </List>
          </Alert>
        )}
        {check.error && <Failed error={check.error as ApiError} />}
      </Box>
      {kept?.auditHeadDay && (
        <Text size="sm" c="dimmed" mt="sm" style={{ overflowWrap: 'anywhere' }}>
          {t('chain.kept', { day: formatDay(`${kept.auditHeadDay}T00:00:00Z`, 'UTC') })}{' '}
          <Code>
            {kept.auditHeadPosition}:{kept.auditHeadHash}
          </Code>
        </Text>
      )}
    </Paper>
  )
}
