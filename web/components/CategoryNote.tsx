/** What becomes of questions that find something in a category with a meaning of its own; nothing for the others. */
import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

const special = ['emergency', 'hand_over'] as const

/** Nobody experiments on what is said in these. */
export const isSpecial = (category: string) => special.some((one) => one === category)

/** Categories that can be chosen though nothing is in them yet. */
export const withSpecial = (known: string[]) => [...new Set([...known, ...special])].sort()

export function CategoryNote({ category }: { category: string }) {
  const { t } = useTranslation()
  const meant = special.find((one) => one === category)
  return (
    meant && (
      <Text size="sm" c="dimmed" role="note">
        {t(`category.${meant}`)}
      </Text>
    )
  )
}
