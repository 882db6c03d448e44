/** What would change, line by line and word by word: the source, or as it is read. */
import { Alert, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { IconGitMerge } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { QueryState } from '../components/QueryState.tsx'
import { RenderedDiff, SourceDiff } from '../components/TextDiff.tsx'
import { useData } from '../graphql/hooks.ts'
import { type Proposal, renderPairQuery } from './documents.ts'
import { type Texts, useTexts } from './texts.ts'

export type View = 'source' | 'rendered'

interface Props {
  proposal: Proposal
  view: View
  onView: (view: View) => void
}

export function Change({ proposal, view, onView }: Props) {
  const { t } = useTranslation('review')
  const { t: common } = useTranslation()
  const texts = useTexts(proposal)
  if (!texts) return null
  return (
    <Stack gap="xs" component="section">
      <Group justify="space-between">
        <Title order={3} size="h5">
          {t('change.title')}
        </Title>
        <SegmentedControl
          size="xs"
          aria-label={t('change.view')}
          value={view}
          onChange={(value) => onView(value as View)}
          data={[
            { value: 'source', label: common('diff.source') },
            { value: 'rendered', label: common('diff.rendered') },
          ]}
        />
      </Group>
      <QueryState query={texts}>
        {(data) => (
          <>
            <Note proposal={proposal} texts={data} />
            {data.merge?.conflicts ? (
              <Difference before={data.merge.base ?? ''} after={data.merge.proposed ?? ''} view={view} />
            ) : (
              <Difference before={data.before} after={data.after} view={view} />
            )}
          </>
        )}
      </QueryState>
    </Stack>
  )
}

function Note({ proposal, texts }: { proposal: Proposal; texts: Texts }) {
  const { t } = useTranslation('review')
  const versions = { base: proposal.baseVersion, current: texts.version }
  if (texts.merge)
    return (
      <Alert color={texts.merge.conflicts ? 'orange' : 'teal'} icon={<IconGitMerge aria-hidden />} p="xs">
        {t(texts.merge.conflicts ? 'change.conflict' : 'change.merged', versions)}
      </Alert>
    )
  if (proposal.kind === 'sop_new' && proposal.status === 'pending')
    return (
      <Text size="sm" c="dimmed">
        {t('change.new')}
      </Text>
    )
  return null
}

export function Difference({ before, after, view }: { before: string; after: string; view: View }) {
  const { t } = useTranslation('review')
  const rendered = useData(
    renderPairQuery,
    { before, after },
    { enabled: view === 'rendered', staleTime: Number.POSITIVE_INFINITY },
  )
  if (after === '') return <Text c="dimmed">{t('change.erased')}</Text>
  if (view === 'source') return <SourceDiff before={before} after={after} />
  return (
    <QueryState query={rendered}>
      {(html) => <RenderedDiff before={html.before} after={html.after} />}
    </QueryState>
  )
}
