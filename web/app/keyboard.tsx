/** Shortcuts: a page says which keys do what, they work while it is shown, and `?` lists them. */
import { Kbd } from '@mantine/core'
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { tinykeys } from 'tinykeys'

export interface Shortcut {
  /** As tinykeys writes them: 'j', 'Shift+?', '$mod+k', 'g i' (one after the other). */
  keys: string
  label: string
  run: (event: KeyboardEvent) => void
  /** Also while somebody types in a field. */
  inFields?: boolean
}

export type Scope = 'everywhere' | 'here'
export type Registry = Map<symbol, { scope: Scope; shortcuts: Shortcut[] }>

const KeyboardHelp = lazy(() => import('./KeyboardHelp.tsx'))

const Context = createContext<{
  register(id: symbol, entry: { scope: Scope; shortcuts: Shortcut[] } | null): void
  registry: Registry
  openHelp(): void
} | null>(null)

const inField = (event: KeyboardEvent) => {
  const target = event.target as HTMLElement
  return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)
}

const inDialog = () => document.querySelector('[role="dialog"]') !== null

export function KeyboardProvider({ children }: { children: ReactNode }) {
  const registry = useRef<Registry>(new Map())
  const [help, setHelp] = useState<boolean | null>(null)
  const value = useMemo(
    () => ({
      registry: registry.current,
      register(id: symbol, entry: { scope: Scope; shortcuts: Shortcut[] } | null) {
        if (entry) registry.current.set(id, entry)
        else registry.current.delete(id)
      },
      openHelp: () => setHelp(true),
    }),
    [],
  )
  return (
    <Context.Provider value={value}>
      {children}
      {help !== null && (
        <Suspense fallback={null}>
          <KeyboardHelp opened={help} onClose={() => setHelp(false)} registry={registry.current} />
        </Suspense>
      )}
    </Context.Provider>
  )
}

export function useKeyboard() {
  const context = useContext(Context)
  if (!context) throw new Error('useKeyboard needs KeyboardProvider.')
  return context
}

/** The shortcuts work while the component is there. Single keys rest while somebody types or a dialog is open. */
export function useShortcuts(shortcuts: Shortcut[], scope: Scope = 'here') {
  const { register } = useKeyboard()
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const keys = shortcuts.map((one) => one.keys).join('|')
  // biome-ignore lint/correctness/useExhaustiveDependencies: `keys` stands for which shortcuts there are; `latest` has what they do
  useEffect(() => {
    const id = Symbol('shortcuts')
    register(id, { scope, shortcuts: latest.current })
    const unsubscribe = tinykeys(
      window,
      Object.fromEntries(
        latest.current.map((one) => [
          one.keys,
          (event: KeyboardEvent) => {
            const now = latest.current.find((other) => other.keys === one.keys)
            if (!now || event.defaultPrevented) return
            if (!now.inFields && (inField(event) || inDialog())) return
            event.preventDefault()
            now.run(event)
          },
        ]),
      ),
    )
    return () => {
      register(id, null)
      unsubscribe()
    }
  }, [keys, register, scope])
}

const apple = /Mac|iPhone|iPad/.test(navigator.userAgent)
const keyName = (key: string) =>
  key
    .replace('$mod', apple ? '⌘' : 'Ctrl')
    .replace('Shift+?', '?')
    .replace('Enter', '↵')
    .replace('ArrowDown', '↓')
    .replace('ArrowUp', '↑')
    .replace('Escape', 'Esc')

export function Keys({ keys }: { keys: string }) {
  const { t } = useTranslation()
  return keys.split(' ').map((key, index) => (
    <span key={`${key}${index === 0 ? '' : 'then'}`}>
      {index > 0 && ` ${t('keys.then')} `}
      <Kbd size="xs">{keyName(key)}</Kbd>
    </span>
  ))
}
