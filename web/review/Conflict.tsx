/** Both sides of a conflict: what was drafted from, and what each side made of it. */
import { SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { SourceDiff } from '../components/TextDiff.tsx'
import type { Merge } from './documents.ts'
import classes from './review.module.css'

export function Conflict({ merge, baseVersion }: { merge: Merge; baseVersion: number | null }) {
  const { t } = useTranslation('review')
  const base = merge.base ?? ''
  return (
    <SimpleGrid cols={{ base: 1, xl: 3 }} component="section" aria-label={t('conflict.title')}>
      <Stack gap={4} miw={0}>
        <Title order={3} size="sm">
          {t('conflict.base', { version: baseVersion })}
        </Title>
        {base === '' ? (
          <Text c="dimmed">{t('conflict.empty')}</Text>
        ) : (
          <section
            className={classes.plain}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
            tabIndex={0}
            aria-label={t('conflict.base', { version: baseVersion })}
          >
            {base}
          </section>
        )}
      </Stack>
      <Stack gap={4} miw={0}>
        <Title order={3} size="sm">
          {t('conflict.current', { version: merge.currentVersion })}
        </Title>
        <SourceDiff before={base} after={merge.current ?? ''} />
      </Stack>
      <Stack gap={4} miw={0}>
        <Title order={3} size="sm">
          {t('conflict.proposed')}
        </Title>
        <SourceDiff before={base} after={merge.proposed ?? ''} />
      </Stack>
    </SimpleGrid>
  )
}
