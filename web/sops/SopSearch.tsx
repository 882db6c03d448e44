/** Searching the SOPs as one types; what lists the results comes when somebody begins to. */
import { TextInput, type TextInputProps } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Lines } from '../components/QueryState.tsx'

const load = () => import('./SopResults.tsx').then((module) => module.default)
let loaded: Awaited<ReturnType<typeof load>> | undefined

interface Props {
  q: string | undefined
  input: RefObject<HTMLInputElement | null>
  /** The tree, while nothing is searched for. */
  children: ReactNode
}

export function SopSearch({ q = '', input, children }: Props) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState(q)
  const sent = useRef(q)
  // Back and forward bring another search; what is being typed meanwhile stays.
  useEffect(() => {
    if (q !== sent.current) {
      sent.current = q
      setTyped(q)
    }
  }, [q])
  const send = useDebouncedCallback((text: string) => {
    sent.current = text
    void navigate({ to: '.', search: (all) => ({ ...all, q: text || undefined }), replace: true })
  }, 120)
  const asked = q.trim()
  const [focused, setFocused] = useState(false)
  // Not by Suspense: the field stays as it is until the other takes its place and its focus, so that no key is lost.
  const [SopResults, setSopResults] = useState(() => loaded)
  const begun = focused || asked !== ''
  useEffect(() => {
    if (!begun || SopResults) return
    let here = true
    void load().then((component) => {
      loaded = component
      if (here) setSopResults(() => component)
    })
    return () => {
      here = false
    }
  }, [begun, SopResults])
  const field = {
    ref: input,
    value: typed,
    onFocus: () => setFocused(true),
    onBlur: () => setFocused(false),
    onChange: ({ currentTarget: { value } }: { currentTarget: HTMLInputElement }) => {
      setTyped(value)
      send(value.trim())
    },
    onKeyDown: ({ key }: { key: string }) => {
      if (key === 'Escape') {
        setTyped('')
        send('')
      }
    },
  }
  return (
    <>
      {SopResults ? (
        <SopResults asked={asked} typed={typed} focused={focused} input={input}>
          <SearchField {...field} />
        </SopResults>
      ) : (
        <>
          <SearchField
            {...field}
            role="combobox"
            aria-haspopup="listbox"
            aria-expanded={false}
            onPointerEnter={() => void load()}
          />
          {asked !== '' && <Lines />}
        </>
      )}
      {asked === '' && children}
    </>
  )
}

function SearchField(props: TextInputProps & { ref: RefObject<HTMLInputElement | null> }) {
  const { t } = useTranslation('sops')
  return (
    <TextInput
      type="search"
      aria-label={t('search.label')}
      placeholder={t('search.placeholder')}
      leftSection={<IconSearch size={16} aria-hidden />}
      maxLength={1000}
      {...props}
    />
  )
}
