/** The text as it is read: now, or as it was in force at some time. */
import { Alert, Box, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconClockHour4 } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatTime, useTimezone } from '../app/time.ts'
import { Markdown } from '../components/Markdown.tsx'
import { QueryState } from '../components/QueryState.tsx'
import { useData } from '../graphql/hooks.ts'
import { asOfQuery, type Sop } from './documents.ts'
import { route } from './sop.tsx'

const MomentPicker = lazy(() => import('../components/MomentPicker.tsx'))

export function SopText({ sop }: { sop: Sop }) {
  const { t } = useTranslation('sops')
  const { at } = route.useSearch()
  const zone = useTimezone()
  const navigate = useNavigate()
  const [choosing, setChoosing] = useState(false)
  const choose = (next: string | undefined) =>
    void navigate({
      to: '/sops/$id',
      params: { id: String(sop.id) },
      search: ({ q, archived }) => ({ q, archived, at: next }),
    })
  const [last] = sop.sopVersions.nodes
  return (
    <Stack gap="md">
      <Group className="no-print" gap="xs" align="flex-end">
        {choosing || at !== undefined ? (
          <Suspense fallback={null}>
            <Box w="18rem" maw="100%">
              <MomentPicker
                label={t('asOf.label', { zone })}
                placeholder={t('asOf.placeholder')}
                value={at ?? null}
                autoFocus={choosing && at === undefined}
                past
                onChange={(next) => choose(next ?? undefined)}
              />
            </Box>
          </Suspense>
        ) : (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconClockHour4 size={14} aria-hidden />}
            onClick={() => setChoosing(true)}
          >
            {t('asOf.open')}
          </Button>
        )}
        {at !== undefined && (
          <Button
            variant="default"
            onClick={() => {
              setChoosing(false)
              choose(undefined)
            }}
          >
            {t('asOf.now')}
          </Button>
        )}
      </Group>
      {at === undefined ? (
        <Paper withBorder p={{ base: 'sm', sm: 'lg' }} className="sheet" maw="52rem">
          <Markdown html={sop.contentHtml} />
          {last && <PrintedFoot version={sop.version} at={last.createdAt} />}
        </Paper>
      ) : (
        <AsOf sop={sop} at={at} />
      )}
    </Stack>
  )
}

function AsOf({ sop, at }: { sop: Sop; at: string }) {
  const { t } = useTranslation('sops')
  const zone = useTimezone()
  const query = useData(asOfQuery, { category: sop.category, section: sop.section, at })
  const when = formatTime(at, zone)
  return (
    <QueryState query={query}>
      {({ sopAsOf }) =>
        sopAsOf?.version == null ? (
          <Alert color="orange" icon={<IconClockHour4 />} title={t('asOf.none', { when })}>
            {t('asOf.noneHint')}
          </Alert>
        ) : (
          <>
            <Alert icon={<IconClockHour4 />} title={t('asOf.title', { when, version: sopAsOf.version })}>
              {t('asOf.by', { name: sopAsOf.changedBy, reason: sopAsOf.changeReason })}
            </Alert>
            <Paper withBorder p={{ base: 'sm', sm: 'lg' }} className="sheet" maw="52rem">
              <Markdown html={sopAsOf.contentHtml} />
              <PrintedFoot version={sopAsOf.version} at={sopAsOf.createdAt} />
            </Paper>
          </>
        )
      }
    </QueryState>
  )
}

/** On paper nobody sees when it was printed, nor whether it is still the newest. */
function PrintedFoot({ version, at }: { version: number; at: string }) {
  const { t } = useTranslation('sops')
  const zone = useTimezone()
  return (
    <Text size="xs" mt="lg" className="only-print">
      {t('print.foot', { version, changed: formatTime(at, zone), printed: formatTime(new Date(), zone) })}
    </Text>
  )
}
