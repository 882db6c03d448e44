/** Which analyst made a proposal: the model, its prompt, what it read, and for whoever may see the ledger what it cost. */
import { Text } from '@mantine/core'
import { Fragment, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatDollars, formatNumber } from '../app/time.ts'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { readableModel, refusalText } from './format.ts'
import { PromptLink, useMayReadPrompts } from './Provenance.tsx'
import { analysedQuery } from './provenance.ts'

/** Its texts come late; what stands around it must not go and come again meanwhile, and lose the focus. */
export function Analysed({ id }: { id: number }) {
  return (
    <Suspense fallback={null}>
      <Analysis id={id} />
    </Suspense>
  )
}

function Analysis({ id }: { id: number }) {
  const { t } = useTranslation('models')
  const { can, role } = useSession()
  const prompts = useMayReadPrompts()
  const ledger = can('admin') || role === 'auditor'
  const { data } = useData(analysedQuery, { id, prompts, ledger }, { staleTime: 300_000 })
  const [analysis] = nodesOf(data?.improvementQueue?.analysesByImprovementId)
  // People propose, too.
  if (!analysis) return null
  const { analyst, reasons, failedResponseIds, batchId, promptVersion, calls } = analysis
  const sum = calls?.aggregates?.sum
  const parts: [string, ReactNode][] = [
    ['analyst', t('written.analyst', { model: readableModel(t, analyst) })],
    ['read', t('written.evidence', { count: failedResponseIds.length })],
  ]
  if (batchId !== null) parts.push(['batch', t('calls.batch')])
  if (promptVersion?.prompt)
    parts.push([
      'prompt',
      <PromptLink key="prompt" name={promptVersion.prompt.name} version={promptVersion.version} />,
    ])
  if (calls && calls.totalCount > 0) {
    parts.push([
      'tokens',
      t('written.tokens', {
        in: formatNumber(Number(sum?.tokensIn ?? 0)),
        out: formatNumber(Number(sum?.tokensOut ?? 0)),
      }),
    ])
    if (sum?.cost != null) parts.push(['cost', formatDollars(Number(sum.cost))])
  }
  return (
    <Text size="xs" c="dimmed" mt={4} style={{ overflowWrap: 'anywhere' }} data-analysed>
      {parts.map(([key, part], index) => (
        <Fragment key={key}>
          {index > 0 && ' · '}
          {part}
        </Fragment>
      ))}
      {reasons.length > 0 &&
        ` · ${reasons
          .filter((reason) => reason !== null)
          .map((reason) => refusalText(t, reason))
          .join('; ')}`}
    </Text>
  )
}
