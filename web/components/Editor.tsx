/** Markdown editor with a live preview as customers would read it. Its code comes when it is first shown. */
import { SegmentedControl, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EditorProps } from './CodeEditor.tsx'

const CodeEditor = lazy(() => import('./CodeEditor.tsx'))
const Preview = lazy(() => import('./Preview.tsx'))

export const LazyCodeEditor = (props: EditorProps) => (
  <Suspense fallback={<Skeleton height={320} />}>
    <CodeEditor {...props} />
  </Suspense>
)

export function MarkdownEditor(props: EditorProps) {
  const { t } = useTranslation()
  const wide = useMediaQuery('(min-width: 62em)')
  const [shown, setShown] = useState<'write' | 'preview'>('write')
  const [settled] = useDebouncedValue(props.value, 250)
  const editor = <LazyCodeEditor {...props} />
  const preview = (
    <Suspense fallback={<Skeleton height={320} />}>
      <Preview text={settled} />
    </Suspense>
  )
  if (wide)
    return (
      <SimpleGrid cols={2}>
        {editor}
        <Stack gap={4}>
          <Text size="sm" fw={500}>
            {t('editor.preview')}
          </Text>
          {preview}
        </Stack>
      </SimpleGrid>
    )
  return (
    <Stack gap="xs">
      <SegmentedControl
        value={shown}
        onChange={(value) => setShown(value as typeof shown)}
        data={[
          { value: 'write', label: t('editor.write') },
          { value: 'preview', label: t('editor.preview') },
        ]}
      />
      {shown === 'write' ? editor : preview}
    </Stack>
  )
}
