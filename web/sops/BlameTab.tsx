/** Each line with the version that last wrote it: who, when and why; from there to what that version changed. */
import { Anchor, Box, Button, HoverCard, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { formatTime, useTimezone } from '../app/time.ts'
import { ProposalLink } from '../components/Links.tsx'
import { QueryState } from '../components/QueryState.tsx'
import { rowsOf } from '../components/rowsOf.ts'
import { Time } from '../components/Time.tsx'
import { usePages } from '../graphql/hooks.ts'
import { type BlamedLine, blameQuery, type Sop } from './documents.ts'
import classes from './tabs.module.css'

/** Lines that stand together and come from one version. */
function grouped(lines: BlamedLine[]): BlamedLine[][] {
  const groups: BlamedLine[][] = []
  for (const line of lines) {
    const last = groups.at(-1)
    if (last && last[0]!.version === line.version) last.push(line)
    else groups.push([line])
  }
  return groups
}

export default function BlameTab({ sop }: { sop: Sop }) {
  const { t: common } = useTranslation()
  const query = usePages(blameQuery, { id: sop.id }, (data) => data.sopBlame)
  const groups = useMemo(
    () => grouped((query.data?.pages ?? []).flatMap((page) => rowsOf(page.sopBlame))),
    [query.data],
  )
  return (
    <QueryState query={query}>
      {() => (
        <Stack>
          <Box className={classes.blame}>
            {groups.map((lines) => (
              <section key={lines[0]!.line} className={classes.group}>
                <Who sop={sop} line={lines[0]!} />
                <ol className={classes.lines} start={lines[0]!.line ?? 1}>
                  {lines.map((line) => (
                    <li key={line.line}>
                      <span className={classes.lineNumber}>{line.line}</span>
                      <span>{line.text || ' '}</span>
                    </li>
                  ))}
                </ol>
              </section>
            ))}
          </Box>
          {query.hasNextPage && (
            <Button
              variant="default"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {common('state.more')}
            </Button>
          )}
        </Stack>
      )}
    </QueryState>
  )
}

function Who({ sop, line }: { sop: Sop; line: BlamedLine }) {
  const { t } = useTranslation('sops')
  const zone = useTimezone()
  const version = line.version ?? 1
  return (
    <Box className={classes.who}>
      <HoverCard width={320} openDelay={150} position="bottom-start" withinPortal>
        <HoverCard.Target>
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link
                to="/sops/$id"
                params={{ id: String(sop.id) }}
                search={({ q, archived }) => ({
                  q,
                  archived,
                  tab: 'history' as const,
                  from: Math.max(1, version - 1),
                  to: version,
                })}
                {...props}
              />
            )}
          >
            {t('version', { version })}
          </Anchor>
        </HoverCard.Target>
        <HoverCard.Dropdown>
          <Text size="sm" lineClamp={10} style={{ overflowWrap: 'anywhere' }}>
            {line.reason}
          </Text>
          <Text size="xs" c="dimmed" mt={4}>
            {line.changedBy}, {line.changedAt && formatTime(line.changedAt, zone)}
          </Text>
          {line.improvementId !== null && (
            <ProposalLink id={line.improvementId} status="approved" size="xs">
              {t('history.proposal', { id: line.improvementId })}
            </ProposalLink>
          )}
        </HoverCard.Dropdown>
      </HoverCard>
      <Text size="xs" c="dimmed" truncate>
        {line.changedBy} {line.changedAt && <Time at={line.changedAt} />}
      </Text>
    </Box>
  )
}
