/** Whether an answer was right, and in place what should have been said instead: what the analysis learns from. */
import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconPencil, IconThumbDown, IconThumbUp } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from '../components/toast.ts'
import { graphql } from '../graphql/graphql.ts'
import { useChange } from '../graphql/hooks.ts'
import { type GivenAnswer, patchAnswer, ticketQuery } from './data.ts'
import classes from './inbox.module.css'

const CorrectionForm = lazy(() => import('./CorrectionForm.tsx'))
const MakeGolden = lazy(() => import('../golden/MakeGolden.tsx'))

const markHelpful = graphql(`
  mutation InboxHelpful($id: BigInt!) { markHelpful(input: { responseId: $id }) { result { id feedback } } }
`)
export const markUnhelpful = graphql(`
  mutation InboxUnhelpful(
    $id: BigInt!, $type: String, $correction: String,
    $expectedSopId: Int, $expectedCategory: String, $expectedTopic: String
  ) {
    markUnhelpful(input: {
      responseId: $id, feedbackType: $type, userCorrection: $correction,
      expectedSopId: $expectedSopId, expectedCategory: $expectedCategory, expectedTopic: $expectedTopic
    }) { result { id feedback } }
  }
`)

interface Props {
  response: GivenAnswer
  allowed: boolean
  correcting: boolean
  onCorrect: (response: string | null) => void
}

export function Rating({ response, allowed, correcting, onCorrect }: Props) {
  const { t } = useTranslation('inbox')
  const client = useQueryClient()
  const button = useRef<HTMLButtonElement>(null)
  const { id, feedback } = response
  const refreshes = [ticketQuery]
  const helpful = useChange(markHelpful, { refreshes })
  const unhelpful = useChange(markUnhelpful, { refreshes })

  const rate = (to: 'helpful' | 'unhelpful') => {
    if (feedback === to) return
    patchAnswer(client, id, to)
    const [change, back] =
      to === 'helpful'
        ? [() => helpful.mutateAsync({ id }), () => unhelpful.mutate({ id, type: 'unhelpful' })]
        : [() => unhelpful.mutateAsync({ id, type: 'unhelpful' }), () => helpful.mutate({ id })]
    void change().then(
      () =>
        toast({
          message: t(to === 'helpful' ? 'correct.helpfulSaved' : 'correct.unhelpfulSaved'),
          // To no rating at all there is no way back.
          ...(feedback !== null && {
            undo: () => {
              patchAnswer(client, id, to === 'helpful' ? 'unhelpful' : 'helpful')
              back()
            },
          }),
        }),
      () => {},
    )
  }
  const close = () => {
    onCorrect(null)
    button.current?.focus()
  }
  return (
    <Stack gap={6} mt={4}>
      {allowed && (
        <Group gap={4} role="group" aria-label={t('answer.actions')}>
          <Button
            size="compact-xs"
            mih={26}
            variant={feedback === 'helpful' ? 'light' : 'subtle'}
            color={feedback === 'helpful' ? 'teal' : 'gray'}
            leftSection={<IconThumbUp size={14} aria-hidden />}
            aria-pressed={feedback === 'helpful'}
            onClick={() => rate('helpful')}
          >
            {t('answer.helpful')}
          </Button>
          <Button
            size="compact-xs"
            mih={26}
            variant={feedback === 'unhelpful' ? 'light' : 'subtle'}
            color={feedback === 'unhelpful' ? 'red' : 'gray'}
            leftSection={<IconThumbDown size={14} aria-hidden />}
            aria-pressed={feedback === 'unhelpful'}
            onClick={() => rate('unhelpful')}
          >
            {t('answer.unhelpful')}
          </Button>
          <Button
            ref={button}
            size="compact-xs"
            mih={26}
            variant="subtle"
            color="gray"
            leftSection={<IconPencil size={14} aria-hidden />}
            aria-expanded={correcting}
            onClick={() => (correcting ? close() : onCorrect(id))}
          >
            {t('answer.correct')}
          </Button>
          {feedback === 'helpful' && (
            <Suspense fallback={null}>
              <MakeGolden response={id} />
            </Suspense>
          )}
        </Group>
      )}
      {feedback === 'unhelpful' && !correcting && <Failure response={response} />}
      {/* Whatever changes meanwhile, what somebody writes stays; the server decides. */}
      {correcting && (
        <Suspense fallback={<Skeleton height={200} />}>
          <CorrectionForm response={response} onClose={close} />
        </Suspense>
      )}
    </Stack>
  )
}

/** What was filed, and what becomes of it. */
function Failure({ response }: { response: GivenAnswer }) {
  const { t } = useTranslation('inbox')
  const { failure } = response
  if (!failure || failure.withdrawnAt !== null) return null
  const type = failure.feedbackType as 'wrong' | 'incomplete' | 'unhelpful' | null
  const right = failure.expectedSop
    ? `${failure.expectedSop.category}/${failure.expectedSop.section}`
    : failure.expectedTopic === null && failure.expectedCategory === 'hand_over'
      ? t('correct.person')
      : failure.expectedTopic && [failure.expectedCategory, failure.expectedTopic].filter(Boolean).join('/')
  const by = response.feedbackBy?.startsWith('visitor:') ? t('correct.visitor') : response.feedbackBy
  return (
    <Text size="xs" c="dimmed" component="div" className={classes.plain}>
      <div>
        {[
          type && t(`correct.types.${type}`),
          by && t('correct.by', { who: by }),
          failure.resolvedByImprovementId !== null
            ? t('correct.mended', { id: failure.resolvedByImprovementId })
            : t(failure.analyzed ? 'correct.analysed' : 'correct.feeds'),
        ]
          .filter(Boolean)
          .join(' · ')}
      </div>
      {failure.userCorrection && (
        <div>
          {t('correct.shouldSay')} {failure.userCorrection}
        </div>
      )}
      {right && (
        <div>
          {t('correct.right')} {right}
        </div>
      )}
    </Text>
  )
}
