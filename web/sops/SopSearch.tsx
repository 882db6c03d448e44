/** Searching the SOPs as one types; what lists the results comes when somebody begins to. */
import { TextInput, type TextInputProps } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { lazy, type ReactNode, type RefObject, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEver } from '../components/late.tsx'
import { Lines } from '../components/QueryState.tsx'

const load = () => import('./SopResults.tsx')
const SopResults = lazy(load)

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
  const begun = useEver(focused || asked !== '')
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
  const face = (
    <SearchField
      {...field}
      role="combobox"
      aria-haspopup="listbox"
      aria-expanded={false}
      onPointerEnter={() => void load()}
    />
  )
  return (
    <>
      {begun ? (
        <Suspense
          fallback={
            <>
              {face}
              {asked !== '' && <Lines />}
            </>
          }
        >
          <SopResults asked={asked} typed={typed} focused={focused} input={input}>
            <SearchField {...field} />
          </SopResults>
        </Suspense>
      ) : (
        face
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
