/** What is shown instead of a page: nothing there, not allowed, or it broke. */
import { Button, Container, Group, Stack, Text, Title } from '@mantine/core'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

const Plain = ({ title, hint, children }: { title: string; hint: string; children?: React.ReactNode }) => (
  <Container component="main" id="content" size="xs" py="15vh">
    <title>{`${title} · ClubOS`}</title>
    <Stack>
      <Title order={1} size="h2">
        {title}
      </Title>
      <Text c="dimmed">{hint}</Text>
      <Group>{children}</Group>
    </Stack>
  </Container>
)

export function NotFoundPage() {
  const { t } = useTranslation()
  return (
    <Plain title={t('state.notFound')} hint={t('state.notFoundHint')}>
      <Button component="a" href="/" variant="light">
        {t('state.home')}
      </Button>
    </Plain>
  )
}

export function CrashPage({ error }: ErrorComponentProps) {
  const { t } = useTranslation()
  return (
    <Plain title={t('state.crashed')} hint={t('state.crashedHint')}>
      <Button onClick={() => location.reload()}>{t('state.reload')}</Button>
      <Button component="a" href="/" variant="subtle">
        {t('state.home')}
      </Button>
      <Text size="xs" c="dimmed" ff="monospace">
        {String((error as Error).message)}
      </Text>
    </Plain>
  )
}
