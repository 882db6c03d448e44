/** Which SOP or piece of knowledge should have answered, found by words and meaning as one types; or a person. */
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { graphql } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'

const findQuery = graphql(`
  query FindExpected($query: String!) {
    searchKnowledge(query: $query, first: 10) { kind sopId category topic title }
  }
`)

/** As the mutations take it. */
export interface Expected {
  expectedSopId: number | null
  expectedCategory: string | null
  expectedTopic: string | null
}
export const nothingExpected: Expected = { expectedSopId: null, expectedCategory: null, expectedTopic: null }

/** Nothing that the club knows, but a person: the category whose questions are handed over. */
const aPerson: Expected = { ...nothingExpected, expectedCategory: 'hand_over' }

interface Props {
  label: string
  placeholder: string
  nothingFound: string
  /** What is searched for until somebody types: the customer's question. */
  suggest: string
  onChange: (expected: Expected, label: string | null) => void
  /** What is expected already: its value as expectedOf reads it, and what a person reads of it. */
  initial?: Option
  /** Whether a person may be expected too. */
  person?: boolean
}

interface Option {
  value: string
  label: string
}

export function ExpectedPicker({
  label,
  placeholder,
  nothingFound,
  suggest,
  onChange,
  initial,
  person = false,
}: Props) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<Option | null>(initial ?? null)
  const [search, setSearch] = useState(initial?.label ?? '')
  const [settled] = useDebouncedValue(search.trim(), 150)
  const query = settled === '' || settled === chosen?.label ? suggest.slice(0, 1000) : settled
  const { data } = useData(
    findQuery,
    { query },
    { enabled: query.trim() !== '', keepPrevious: true, staleTime: 30_000 },
  )
  const found = (data?.searchKnowledge ?? []).map((one) => ({
    value:
      one.sopId !== null && one.kind === 'sop'
        ? `sop:${one.sopId}`
        : `knowledge:${JSON.stringify([one.category, one.topic])}`,
    label: `${one.kind === 'sop' ? t('source.sop') : t('source.knowledge')} · ${one.title} (${one.category}/${one.topic})`,
  }))
  const options = [
    ...(chosen ? [chosen] : []),
    ...(person ? [{ value: 'person', label: t('expected.person') }] : []),
    ...found,
  ]
  const unique = options.filter(
    (one, index) => options.findIndex((other) => other.value === one.value) === index,
  )
  return (
    <Select
      label={label}
      placeholder={placeholder}
      nothingFoundMessage={nothingFound}
      data={unique}
      value={chosen?.value ?? null}
      searchable
      clearable
      searchValue={search}
      onSearchChange={setSearch}
      // The server has searched already.
      filter={({ options: all }) => all}
      maxDropdownHeight={260}
      onChange={(value) => {
        const option = unique.find((one) => one.value === value) ?? null
        setChosen(option)
        onChange(option ? expectedOf(option.value) : nothingExpected, option?.label ?? null)
      }}
    />
  )
}

function expectedOf(value: string): Expected {
  if (value === 'person') return aPerson
  if (value.startsWith('sop:')) return { ...nothingExpected, expectedSopId: Number(value.slice(4)) }
  const [category, topic] = JSON.parse(value.slice('knowledge:'.length)) as [string, string]
  return { ...nothingExpected, expectedCategory: category, expectedTopic: topic }
}
