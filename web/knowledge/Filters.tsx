/** What the list shows: searched as one types, narrowed by what entries are. */
import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readable } from '../sops/names.ts'
import { healths, type KnowledgeSearch, sorts, sources } from './route.ts'
import { useSites } from './useEntries.ts'

interface Props {
  search: KnowledgeSearch
  input: RefObject<HTMLInputElement | null>
}

export function Filters({ search, input }: Props) {
  const { t } = useTranslation('knowledge')
  const { t: common } = useTranslation()
  const navigate = useNavigate()
  const { sites, categories } = useSites()
  const set = (part: Partial<KnowledgeSearch>) =>
    void navigate({ to: '/knowledge', search: (all) => ({ ...all, ...part }), replace: true })

  const [typed, setTyped] = useState(search.q ?? '')
  const sent = useRef(search.q ?? '')
  useEffect(() => {
    const q = search.q ?? ''
    if (q !== sent.current) {
      sent.current = q
      setTyped(q)
    }
  }, [search.q])
  const send = useDebouncedCallback((text: string) => {
    sent.current = text
    set({ q: text || undefined })
  }, 120)

  const select = (
    name: 'category' | 'trust' | 'source' | 'health' | 'site',
    data: { value: string; label: string }[],
  ) => {
    const value = search[name]
    return (
      // The system's own: nothing to load, and at home on a phone.
      <NativeSelect
        size="xs"
        w={{ base: 'calc(50% - 4px)', sm: '9.1rem' }}
        aria-label={t(`filter.${name}`)}
        data={[{ value: '', label: t(`filter.${name}`) }, ...data]}
        value={String(value ?? '')}
        onChange={({ currentTarget: { value: chosen } }) =>
          set({ [name]: chosen === '' ? undefined : name === 'trust' ? Number(chosen) : chosen })
        }
      />
    )
  }
  const { category, trust, source, health, site, q } = search
  const filtered = [category, trust, source, health, site, q].some((one) => one !== undefined)
  return (
    <Group gap={8}>
      <TextInput
        ref={input}
        type="search"
        size="xs"
        w={{ base: '100%', sm: '13rem' }}
        aria-label={t('filter.q')}
        placeholder={t('filter.q')}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={typed}
        maxLength={1000}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value)
          send(value.trim())
        }}
      />
      {select(
        'category',
        [...new Set([...categories, ...(category === undefined ? [] : [category])])].map((one) => ({
          value: one,
          label: readable(one),
        })),
      )}
      {select(
        'trust',
        ([0, 1, 2, 3] as const).map((one) => ({ value: String(one), label: common(`source.trust.${one}`) })),
      )}
      {select(
        'source',
        sources.map((one) => ({ value: one, label: t(`source.${one}`) })),
      )}
      {select(
        'health',
        healths.map((one) => ({ value: one, label: t(`health.${one}`) })),
      )}
      {select('site', [
        { value: 'everywhere', label: t('everywhere') },
        ...sites.map((one) => ({ value: one.slug, label: one.name })),
        // A link may name one that there is not (any more).
        ...(site === undefined || site === 'everywhere' || sites.some(({ slug }) => slug === site)
          ? []
          : [{ value: site, label: site }]),
      ])}
      <NativeSelect
        size="xs"
        w={{ base: 'calc(50% - 4px)', sm: '10.5rem' }}
        aria-label={t('sort.label')}
        data={sorts.map((one) => ({ value: one, label: t(`sort.${one}`) }))}
        value={search.sort ?? 'changed'}
        onChange={({ currentTarget: { value } }) =>
          set({ sort: value === 'changed' ? undefined : sorts.find((one) => one === value) })
        }
      />
      {filtered && (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => {
            sent.current = ''
            setTyped('')
            set({
              q: undefined,
              category: undefined,
              trust: undefined,
              source: undefined,
              health: undefined,
              site: undefined,
            })
            input.current?.focus()
          }}
        >
          {t('filter.none')}
        </Button>
      )}
    </Group>
  )
}
