/** The right side: the chosen proposal, read or edited. */
import { Stack, Text } from '@mantine/core'
import { IconFileOff, IconGitPullRequest } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { Empty, QueryState } from '../components/QueryState.tsx'
import type { ApiError } from '../graphql/client.ts'
import type { View } from './Change.tsx'
import type { Proposal } from './documents.ts'
import { readDraft } from './draft.ts'
import { proposalOptions } from './options.ts'
import type { Actions } from './ProposalHead.tsx'
import { type DryRunState, ProposalView } from './ProposalView.tsx'
import classes from './review.module.css'
import { useTexts } from './texts.ts'

interface Props {
  id: number | undefined
  editing: boolean
  actions: Actions
  dryRun: DryRunState
  view: View
  onView: (view: View) => void
  refusals: ReadonlyMap<number, ApiError>
  onApproveEdited: (proposal: Proposal, text: string, version: number | null) => Promise<ApiError | null>
  onReanalyse: (proposal: Proposal) => Promise<boolean>
  onCloseEdit: (done: boolean) => void
}

import { Lines } from '../components/QueryState.tsx'

const EditProposal = lazy(() =>
  import('./EditProposal.tsx').then(({ EditProposal }) => ({ default: EditProposal })),
)

export function Reading({ id, ...props }: Props) {
  const { t } = useTranslation('review')
  const place = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another proposal begins at its top
  useEffect(() => {
    place.current?.scrollTo(0, 0)
  }, [id, props.editing])
  return (
    <section
      ref={place}
      className={classes.reading}
      aria-label={t('reading')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
      tabIndex={0}
    >
      {id === undefined ? (
        <Empty icon={IconGitPullRequest} title={t('empty.none')} />
      ) : (
        <Chosen id={id} {...props} />
      )}
    </section>
  )
}

function Chosen({ id, ...props }: Props & { id: number }) {
  const { t } = useTranslation('review')
  const query = useQuery(proposalOptions(id))
  return (
    <QueryState query={{ ...query, error: query.error as ApiError | null }}>
      {({ improvementQueue: proposal }) =>
        proposal ? (
          <ReadOrEdit {...props} key={`${props.editing ? id : ''}`} id={id} proposal={proposal} />
        ) : (
          <Empty icon={IconFileOff} title={t('empty.gone', { id })}>
            <Text size="sm">{t('empty.goneHint')}</Text>
          </Empty>
        )
      }
    </QueryState>
  )
}

function ReadOrEdit(props: Props & { id: number; proposal: Proposal }) {
  const { proposal, editing, onApproveEdited } = props
  const { can } = useSession()
  const texts = useTexts(proposal)
  // Once somebody writes, nothing that happens elsewhere may take the text away.
  const began = useRef(false)
  const edits =
    editing &&
    can('reviewer') &&
    texts?.data !== undefined &&
    (began.current || proposal.status === 'pending' || readDraft(proposal.id) !== null)
  if (edits) {
    began.current = true
    return (
      <Suspense fallback={<Lines />}>
        <EditProposal
          proposal={proposal}
          texts={texts.data!}
          onApprove={(text, version) => onApproveEdited(proposal, text, version)}
          onReanalyse={() => props.onReanalyse(proposal)}
          onClose={props.onCloseEdit}
        />
      </Suspense>
    )
  }
  return (
    <Stack>
      <ProposalView
        proposal={proposal}
        actions={props.actions}
        refusal={props.refusals.get(proposal.id)}
        dryRun={props.dryRun}
        view={props.view}
        onView={props.onView}
      />
    </Stack>
  )
}
