/** The variants of an experiment, one tab each: its text, what it changes, and what is wrong with it. */
import { Box, Button, Group, Stack, Tabs, Text, Title } from '@mantine/core'
import { IconAlertCircle, IconPlus, IconTrash } from '@tabler/icons-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { MarkdownEditor } from '../components/Editor.tsx'
import { SourceDiff } from '../components/TextDiff.tsx'
import { labelOf, mostVariants, type TextProblem, textProblem, type Variant } from './arms.ts'

interface Props {
  variants: Variant[]
  /** The SOP as it is. */
  base: string
  /** The key of the one that is shown. */
  shown: number
  /** The key of one that was just added: its editor gets the focus. */
  added: number | null
  /** Whether somebody has tried to start: what is missing is an error from then on. */
  tried: boolean
  choose: (key: number) => void
  write: (key: number, text: string) => void
  add: () => void
  remove: (key: number) => void
  onSubmit: () => void
}

export function Variants({ variants, base, shown, added, tried, choose, add, ...rest }: Props) {
  const { t } = useTranslation('experiments')
  const title = useId()
  const problems = variants.map((_, place) => textProblem(variants, place, base))
  return (
    <Box component="section" aria-labelledby={title}>
      <Title order={2} size="h5" id={title}>
        {t('start.variants')}
      </Title>
      <Text size="sm" c="dimmed" maw="48rem" mb="xs">
        {t('start.variantsHint')}
      </Text>
      {/* Kept, so that each has its own undo. */}
      <Tabs value={String(shown)} onChange={(value) => choose(Number(value))} keepMounted>
        <Group gap="xs" align="center" wrap="wrap">
          <Tabs.List aria-labelledby={title}>
            {variants.map(({ key }, place) => {
              const name = t('start.variant', { label: labelOf(place) })
              const wrong = isError(problems[place]!, tried)
              return (
                <Tabs.Tab
                  key={key}
                  value={String(key)}
                  aria-label={wrong ? t('start.variantWrong', { name }) : name}
                  rightSection={
                    wrong && <IconAlertCircle size={16} color="var(--mantine-color-error)" aria-hidden />
                  }
                >
                  <Box component="span" hiddenFrom="xs">
                    {labelOf(place)}
                  </Box>
                  <Box component="span" visibleFrom="xs">
                    {name}
                  </Box>
                </Tabs.Tab>
              )
            })}
          </Tabs.List>
          {variants.length < mostVariants ? (
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={add}
            >
              {t('start.add')}
            </Button>
          ) : (
            <Text size="sm" c="dimmed">
              {t('start.most')}
            </Text>
          )}
        </Group>
        {variants.map((variant, place) => (
          <Tabs.Panel key={variant.key} value={String(variant.key)} pt="sm">
            <OneVariant
              variant={variant}
              label={labelOf(place)}
              base={base}
              problem={problems[place]!}
              tried={tried}
              focused={variant.key === added}
              only={variants.length === 1}
              {...rest}
            />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Box>
  )
}

/** What has not been written yet is none before somebody tries to start with it; two alike are one at once. */
const isError = (problem: TextProblem | null, tried: boolean) =>
  problem !== null && (tried || problem.kind === 'alike')

interface OneProps extends Pick<Props, 'base' | 'tried' | 'write' | 'remove' | 'onSubmit'> {
  variant: Variant
  label: string
  problem: TextProblem | null
  focused: boolean
  only: boolean
}

function OneVariant({
  variant: { key, text },
  label,
  base,
  problem,
  tried,
  focused,
  only,
  write,
  remove,
  onSubmit,
}: OneProps) {
  const { t } = useTranslation('experiments')
  const said = useId()
  const wrong = isError(problem, tried)
  return (
    <Stack gap="sm">
      <MarkdownEditor
        value={text}
        onChange={(value) => write(key, value)}
        label={t('start.text', { label })}
        autoFocus={focused}
        minHeight="14rem"
        onSubmit={onSubmit}
        invalid={wrong}
        describedBy={problem ? said : undefined}
      />
      {problem && (
        <Text
          id={said}
          size="sm"
          c={wrong ? 'var(--mantine-color-error)' : 'dimmed'}
          role={wrong ? 'alert' : undefined}
        >
          {problem.kind === 'alike'
            ? t('start.problem.alike', { label, other: problem.label })
            : t(`start.problem.${problem.kind}`)}
        </Text>
      )}
      {problem?.kind !== 'unchanged' && (
        <Stack gap="xs">
          <Title order={3} size="h6">
            {t('start.changes', { label })}
          </Title>
          <SourceDiff before={base} after={text} />
        </Stack>
      )}
      {!only && (
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          leftSection={<IconTrash size={14} aria-hidden />}
          onClick={() => remove(key)}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('start.remove', { label })}
        </Button>
      )}
    </Stack>
  )
}
