/** As what a misspelt question was searched; nothing where it was searched as it stands. */
import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useData } from '../graphql/hooks.ts'
import { searchedAsQuery } from './data.ts'

export function SearchedAs({ q }: { q: string }) {
  const { t } = useTranslation('ask')
  const { data } = useData(searchedAsQuery, { query: q })
  if (!data?.searchedAs) return null
  return (
    <Text size="sm" c="dimmed" lineClamp={3} title={t('searchedAsHelp')} style={{ overflowWrap: 'anywhere' }}>
      {t('searchedAs')} <bdi>“{data.searchedAs}”</bdi>
    </Text>
  )
}
