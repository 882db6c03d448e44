/** One proposal, read: why, what changes, which questions failed, what the dry run says. */
import { Alert, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { Lines } from '../components/QueryState.tsx'
import type { ApiError } from '../graphql/client.ts'
import { Analysed } from '../models/Analysed.tsx'
import { Change, type View } from './Change.tsx'
import { DryRunSummary } from './DryRun.tsx'
import { type Proposal, suggestionOf, titleOf } from './documents.ts'
import { Entries } from './Entries.tsx'
import { Evidence } from './Evidence.tsx'
import { type Actions, ProposalHead } from './ProposalHead.tsx'
import classes from './review.module.css'
import { useTexts } from './texts.ts'
import { useViewers } from './viewers.ts'

const HealthChange = lazy(() =>
  import('./HealthChange.tsx').then(({ HealthChange }) => ({ default: HealthChange })),
)

export interface DryRunState {
  running: boolean
  error: ApiError | null
  run: () => void
}

interface Props {
  proposal: Proposal
  actions: Actions
  refusal: ApiError | undefined
  dryRun: DryRunState
  view: View
  onView: (view: View) => void
}

export function ProposalView({ proposal, actions, refusal, dryRun, view, onView }: Props) {
  const { t } = useTranslation('review')
  const { can } = useSession()
  const viewers = useViewers(proposal.id, proposal.status === 'pending')
  const conflicts = useTexts(proposal)?.data?.merge?.conflicts ?? 0
  const { reasoning, finding } = suggestionOf(proposal)
  const byIds = proposal.kind === 'knowledge_merge' || proposal.kind === 'knowledge_retire'
  const pending = proposal.status === 'pending'
  return (
    <Stack component="article" aria-label={titleOf(proposal)}>
      <VisuallyHidden role="status">{titleOf(proposal)}</VisuallyHidden>
      <ProposalHead proposal={proposal} conflicting={conflicts > 0} viewers={viewers} actions={actions} />
      {refusal && (
        <Alert color="red" role="alert" title={t('refused.title')}>
          {refusal.message} {refusal.hint}
        </Alert>
      )}
      <section>
        <Title order={3} size="h5" mb={4}>
          {t('why')}
        </Title>
        <Text className={classes.anywhere} size="sm" style={{ whiteSpace: 'pre-line' }}>
          {reasoning || t('noWhy')}
        </Text>
        <Analysed id={proposal.id} />
      </section>
      <div className={classes.beside}>
        {proposal.kind === 'sop_edit' || proposal.kind === 'sop_new' ? (
          <Change proposal={proposal} view={view} onView={onView} />
        ) : (
          <Stack>
            {!byIds && <Entries proposal={proposal} />}
            {(byIds || finding) && (
              <Suspense fallback={<Lines />}>
                <HealthChange key={proposal.id} proposal={proposal} />
              </Suspense>
            )}
          </Stack>
        )}
        <DryRunSummary
          result={proposal.dryRun}
          stale={proposal.dryRunStale ? proposal.dryRunStaleBecause : null}
          running={dryRun.running}
          error={dryRun.error}
          onRun={pending && can('agent') ? dryRun.run : undefined}
        />
      </div>
      <Evidence proposal={proposal} />
    </Stack>
  )
}
