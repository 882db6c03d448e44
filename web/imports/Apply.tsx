/** The third step: how what the report says is to be done, and why; or that it is not to be done at all. */
import { Button, Group, Radio, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../app/time.ts'
import { Confirm } from '../components/Confirm.tsx'
import { askReason } from '../components/reason.ts'
import { useChange } from '../graphql/hooks.ts'
import {
  applyMutation,
  type Batch,
  discardMutation,
  importQuery,
  importsQuery,
  planned,
} from './documents.ts'

export function Apply({ batch }: { batch: Batch }) {
  const { t } = useTranslation('imports')
  const [way, setWay] = useState<'direct' | 'proposals'>('direct')
  const apply = useChange(applyMutation, { refreshes: [importQuery, importsQuery] })
  const counts = planned(batch.counts)
  const written = counts.create + counts.update
  const changes = written + counts.propose
  if (changes === 0)
    return (
      <Stack gap="xs">
        <Text size="sm">{t('nothingNew')}</Text>
        <Discard batch={batch} />
      </Stack>
    )
  async function begin() {
    const reason = await askReason({
      title: t(`apply.${way}`),
      text:
        way === 'direct'
          ? t('applyText.direct', { written, proposed: counts.propose })
          : t('applyText.proposals', { count: changes }),
      action: t(`apply.${way}`),
      suggestions: [t('reasons.movingIn'), t('reasons.update')],
    })
    if (reason !== null) apply.mutate({ id: batch.id, reason, asProposals: way === 'proposals' })
  }
  return (
    <Stack gap="sm">
      <Text size="sm">
        {t('summary', {
          create: formatNumber(counts.create),
          update: formatNumber(counts.update),
          propose: formatNumber(counts.propose),
          already: formatNumber(counts.unchanged + counts.duplicate),
          skip: formatNumber(counts.skip),
        })}
      </Text>
      <Radio.Group label={t('chooseWay')} value={way} onChange={(value) => setWay(value as typeof way)}>
        <Stack gap="xs" mt={4}>
          {(['direct', 'proposals'] as const).map((one) => (
            <Radio key={one} value={one} label={t(`ways.${one}`)} description={t(`wayHints.${one}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <Group gap="xs">
        <Button loading={apply.isPending} onClick={() => void begin()}>
          {t(`apply.${way}`)}
        </Button>
        <Discard batch={batch} />
      </Group>
    </Stack>
  )
}

export function Discard({ batch }: { batch: Batch }) {
  const { t } = useTranslation('imports')
  const [asking, setAsking] = useState(false)
  const discard = useChange(discardMutation, {
    refreshes: [importQuery, importsQuery],
    onSuccess: () => setAsking(false),
  })
  return (
    <>
      <Button variant="subtle" color="red" w="fit-content" onClick={() => setAsking(true)}>
        {t('discard')}
      </Button>
      <Confirm
        opened={asking}
        title={t('discardTitle', { name: batch.name })}
        text={t('discardText')}
        action={t('discard')}
        pending={discard.isPending}
        onConfirm={() => discard.mutate({ id: batch.id })}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
