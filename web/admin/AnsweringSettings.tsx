/** When the assistant answers, and what another threshold would have done. */
import { Button, Group, Modal, NumberInput, Stack, Text, Textarea, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconPencil } from '@tabler/icons-react'
import type { DocumentNode } from 'graphql'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatShare } from '../app/time.ts'
import { Facts } from '../components/Facts.tsx'
import { toast } from '../components/toast.ts'
import { graphql } from '../graphql/graphql.ts'
import { useChange, useData } from '../graphql/hooks.ts'

const setMutation = graphql(`
  mutation SetAnswering($reason: String!, $confidenceThreshold: Float, $modelThreshold: Float, $takeoverMinutes: Int, $helpfulVotesToConfirm: Int) {
    setAnswering(input: { reason: $reason, confidenceThreshold: $confidenceThreshold, modelThreshold: $modelThreshold, takeoverMinutes: $takeoverMinutes, helpfulVotesToConfirm: $helpfulVotesToConfirm }) {
      result { updatedAt }
    }
  }
`)
const effectQuery = graphql(`
  query ThresholdEffect($confidenceThreshold: Float!) {
    thresholdEffect(confidenceThreshold: $confidenceThreshold) { answered wouldHandOver ofTheseHelpful ofTheseUnhelpful handedOver wouldAnswer }
  }
`)

interface Settings {
  confidenceThreshold: number
  modelThreshold: number
  takeoverMinutes: number
  helpfulVotesToConfirm: number
}
interface Props {
  settings: Settings
  /** Whether a model writes answers: only then its threshold matters. */
  byModel: boolean
  /** What shows them. */
  refreshes: DocumentNode
}

export function AnsweringSettings(props: Props) {
  const { t } = useTranslation(['assistant', 'common'])
  const { can } = useSession()
  const [changing, setChanging] = useState(false)
  const { settings, byModel } = props
  return (
    <section aria-label={t('settings.title')}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t('settings.title')}
        </Title>
        {can('admin') && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPencil size={14} aria-hidden />}
            aria-label={t('settings.changeThem')}
            onClick={() => setChanging(true)}
          >
            {t('settings.change')}
          </Button>
        )}
      </Group>
      <Facts
        facts={[
          [
            t('settings.threshold'),
            t('settings.thresholdText', { share: formatShare(settings.confidenceThreshold) }),
          ],
          ...(byModel
            ? [
                [
                  t('settings.modelThreshold'),
                  t('settings.modelThresholdText', { share: formatShare(settings.modelThreshold) }),
                ] satisfies [string, string],
              ]
            : []),
          [t('settings.takeover'), t('settings.takeoverText', { count: settings.takeoverMinutes })],
          [t('settings.votes'), t('settings.votesText', { count: settings.helpfulVotesToConfirm })],
        ]}
      />
      <Modal
        opened={changing}
        onClose={() => setChanging(false)}
        title={t('settings.title')}
        closeButtonProps={{ 'aria-label': t('common:do.close') }}
      >
        <SettingsForm {...props} onClose={() => setChanging(false)} />
      </Modal>
    </section>
  )
}

const percent = (share: number) => Math.round(share * 1000) / 10

function SettingsForm({ settings, byModel, refreshes, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation(['assistant', 'common'])
  const [before] = useState({
    threshold: percent(settings.confidenceThreshold),
    modelThreshold: percent(settings.modelThreshold),
    minutes: settings.takeoverMinutes,
    votes: settings.helpfulVotesToConfirm,
  })
  const [threshold, setThreshold] = useState<number | string>(before.threshold)
  const [modelThreshold, setModelThreshold] = useState<number | string>(before.modelThreshold)
  const [minutes, setMinutes] = useState<number | string>(before.minutes)
  const [votes, setVotes] = useState<number | string>(before.votes)
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const save = useChange(setMutation, {
    refreshes: [refreshes],
    onSuccess: () => {
      toast({ message: t('settings.saved') })
      onClose()
    },
  })
  const within = (value: number | string, least: number, most: number) =>
    value !== '' && Number(value) >= least && Number(value) <= most
  const wrong = {
    threshold: !within(threshold, 0, 100),
    modelThreshold: !within(modelThreshold, 0, 100),
    minutes: !within(minutes, 1, 43_200),
    votes: !within(votes, 1, 100),
    reason: reason.trim() === '',
  }
  const range = (is: boolean, least: number, most: number) =>
    tried && is && t('settings.range', { least, most })
  return (
    <form
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit()
      }}
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (!Object.values(wrong).includes(true) && !save.isPending)
          // Only what was changed: somebody else may have changed the rest meanwhile.
          save.mutate({
            reason: reason.trim(),
            confidenceThreshold: Number(threshold) === before.threshold ? null : Number(threshold) / 100,
            modelThreshold:
              Number(modelThreshold) === before.modelThreshold ? null : Number(modelThreshold) / 100,
            takeoverMinutes: Number(minutes) === before.minutes ? null : Number(minutes),
            helpfulVotesToConfirm: Number(votes) === before.votes ? null : Number(votes),
          })
      }}
    >
      <Stack>
        <NumberInput
          label={t('settings.threshold')}
          description={t('settings.thresholdHint')}
          data-autofocus
          suffix=" %"
          min={0}
          max={100}
          decimalScale={1}
          value={threshold}
          error={range(wrong.threshold, 0, 100)}
          onChange={setThreshold}
        />
        {!wrong.threshold && <Effect threshold={Number(threshold) / 100} />}
        {byModel && (
          <NumberInput
            label={t('settings.modelThreshold')}
            description={t('settings.modelThresholdHint')}
            suffix=" %"
            min={0}
            max={100}
            decimalScale={1}
            value={modelThreshold}
            error={range(wrong.modelThreshold, 0, 100)}
            onChange={setModelThreshold}
          />
        )}
        <NumberInput
          label={t('settings.takeover')}
          description={t('settings.takeoverHint')}
          min={1}
          max={43_200}
          allowDecimal={false}
          value={minutes}
          error={range(wrong.minutes, 1, 43_200)}
          onChange={setMinutes}
        />
        <NumberInput
          label={t('settings.votes')}
          description={t('settings.votesHint')}
          min={1}
          max={100}
          allowDecimal={false}
          value={votes}
          error={range(wrong.votes, 1, 100)}
          onChange={setVotes}
        />
        <Textarea
          label={t('common:reason.label')}
          placeholder={t('common:reason.placeholder')}
          description={t('common:reason.submit')}
          autosize
          maxRows={4}
          maxLength={4000}
          value={reason}
          error={tried && wrong.reason && t('common:reason.needed')}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('common:do.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('common:do.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** In questions of the last 30 days. */
function Effect({ threshold }: { threshold: number }) {
  const { t } = useTranslation('assistant')
  const [confidenceThreshold] = useDebouncedValue(threshold, 300)
  const effect = useData(effectQuery, { confidenceThreshold }).data?.thresholdEffect
  if (!effect) return null
  const [answered, handedOver] = [Number(effect.answered), Number(effect.handedOver)]
  return (
    <Text size="sm" role="status">
      {answered + handedOver === 0
        ? t('settings.noQuestions')
        : t('settings.effect', {
            answered,
            handedOver,
            wouldHandOver: Number(effect.wouldHandOver),
            helpful: Number(effect.ofTheseHelpful),
            unhelpful: Number(effect.ofTheseUnhelpful),
            wouldAnswer: Number(effect.wouldAnswer),
          })}
    </Text>
  )
}
