/** Loading, failed, empty, or the content: every page that reads says which. */
import { Alert, Button, Center, Skeleton, Stack, Text, ThemeIcon } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../graphql/client.ts'

interface Query<Data> {
  data: Data | undefined
  error: ApiError | Error | null
  isPending: boolean
  refetch: () => unknown
}

interface Props<Data> {
  query: Query<Data>
  children: (data: Data) => ReactNode
  /** Shown while it loads; grey lines unless given. */
  skeleton?: ReactNode
}

export function QueryState<Data>({ query, children, skeleton }: Props<Data>) {
  const { t } = useTranslation()
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />
  return (
    <div role="status" aria-label={t('state.loading')}>
      {skeleton ?? <Lines />}
    </div>
  )
}

export function Failed({ error, retry }: { error: ApiError | Error; retry?: () => void }) {
  const { t } = useTranslation()
  const { hint } = error as ApiError
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t('state.failed')} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          {error.message} {hint}
        </Text>
        {retry && (
          <Button size="xs" variant="light" color="red" onClick={retry}>
            {t('state.retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

export const Lines = ({ count = 6 }: { count?: number }) => (
  <Stack gap="sm">
    {Array.from({ length: count }, (_, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: grey lines have no identity
      <Skeleton key={index} height={18} width={`${90 - ((index * 17) % 40)}%`} />
    ))}
  </Stack>
)

/** Says why there is nothing, and what to do. */
export function Empty({ icon: Sign, title, children }: { icon: Icon; title: string; children?: ReactNode }) {
  return (
    <Center py="xl" px="md">
      <Stack align="center" gap="xs" maw="26rem">
        <ThemeIcon size="xl" radius="xl" variant="light" aria-hidden>
          <Sign />
        </ThemeIcon>
        <Text fw={600} ta="center">
          {title}
        </Text>
        {children && (
          <Text size="sm" c="dimmed" ta="center" component="div">
            {children}
          </Text>
        )}
      </Stack>
    </Center>
  )
}
