/** Who said it, in a line: which model wrote and which routed, by which prompt, at what cost; why another had to step in. */
import { Anchor, Box, type BoxProps, Skeleton, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Fragment, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatDollars, formatNumber } from '../app/time.ts'
import { useData } from '../graphql/hooks.ts'
import { readableModel } from './format.ts'
import { type Written, writtenQuery } from './provenance.ts'

/** Whether one may read prompts: without it, asking for them would refuse the whole document. */
export const useMayReadPrompts = () => {
  const { can, role } = useSession()
  return can('reviewer') || role === 'auditor'
}

/** For answers whose page has only their id. */
export function WrittenBy({ id }: { id: string }) {
  const prompts = useMayReadPrompts()
  const { data } = useData(writtenQuery, { id, prompts }, { staleTime: Number.POSITIVE_INFINITY })
  if (!data) return <Skeleton height={14} width="60%" mt={4} />
  return data.response && <Provenance written={data.response} />
}

/** Its texts come late; what stands around it must not go and come again meanwhile, and lose the focus. */
export function Provenance(props: { written: Written } & BoxProps) {
  return (
    <Suspense fallback={null}>
      <Parts {...props} />
    </Suspense>
  )
}

function Parts({ written, ...props }: { written: Written } & BoxProps) {
  const { t } = useTranslation('models')
  const { model, routerModel, promptVersion, tokensIn, tokensOut, cost, outcome, reason } = written
  const parts: [string, ReactNode][] = [
    ['model', t('written.by', { model: readableModel(t, model) })],
    ...(routerModel
      ? [['router', t('written.routed', { model: readableModel(t, routerModel) })] as [string, ReactNode]]
      : []),
    ...(promptVersion?.prompt
      ? [
          [
            'prompt',
            <PromptLink key="prompt" name={promptVersion.prompt.name} version={promptVersion.version} />,
          ] as [string, ReactNode],
        ]
      : []),
    ...(tokensIn !== null || tokensOut !== null
      ? [
          [
            'tokens',
            t('written.tokens', { in: formatNumber(tokensIn ?? 0), out: formatNumber(tokensOut ?? 0) }),
          ] as [string, ReactNode],
        ]
      : []),
    ...(cost !== null && cost !== undefined
      ? [['cost', formatDollars(Number(cost))] as [string, ReactNode]]
      : []),
  ]
  return (
    <Box {...props} data-written>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {parts.map(([key, part], index) => (
          <Fragment key={key}>
            {index > 0 && ' · '}
            {part}
          </Fragment>
        ))}
      </Text>
      {outcome === 'answered' && reason && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {t('written.fallback', { reason })}
        </Text>
      )}
    </Box>
  )
}

/** To that version of the prompt. */
export function PromptLink({ name, version }: { name: string; version: number }) {
  const { t } = useTranslation('models')
  return (
    <Anchor
      inherit
      underline="always"
      renderRoot={(props) => (
        <Link
          {...props}
          to="/admin/prompts/$name"
          params={{ name }}
          search={{ tab: 'history', to: version }}
        />
      )}
    >
      {t('written.prompt', { name, version })}
    </Anchor>
  )
}
