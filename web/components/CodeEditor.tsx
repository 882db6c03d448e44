/** CodeMirror, as our pages use it. Tab moves on, as everywhere else: keyboards must find their way out. */
import { markdown } from '@codemirror/lang-markdown'
import { Compartment, EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { Input, useComputedColorScheme } from '@mantine/core'
import { basicSetup } from 'codemirror'
import { useEffect, useId, useRef } from 'react'
import { nonce } from '../app/nonce.ts'

export interface EditorProps {
  value: string
  onChange: (value: string) => void
  label: string
  /** Ctrl + Enter. */
  onSubmit?: () => void
  autoFocus?: boolean
  readOnly?: boolean
  minHeight?: string
  /** The id of what is said about the text beside it, and whether that is an objection. */
  describedBy?: string
  invalid?: boolean
}

export const editorTheme = (dark: boolean, minHeight = '20rem') =>
  EditorView.theme(
    {
      '&': {
        border: '1px solid var(--mantine-color-default-border)',
        borderRadius: 'var(--mantine-radius-md)',
        backgroundColor: 'var(--mantine-color-body)',
        color: 'var(--mantine-color-text)',
        fontSize: '14px',
      },
      '&.cm-focused': { outline: '2px solid var(--mantine-primary-color-filled)', outlineOffset: '1px' },
      '.cm-scroller': {
        fontFamily: 'var(--mantine-font-family-monospace)',
        minHeight,
        maxHeight: '70vh',
        overflow: 'auto',
      },
      '.cm-gutters': {
        backgroundColor: 'var(--clubos-sunken)',
        color: 'var(--mantine-color-dimmed)',
        border: 'none',
        borderRadius: 'var(--mantine-radius-md) 0 0 var(--mantine-radius-md)',
      },
      '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--mantine-color-default-hover)' },
      // The colours of the syntax are made for light paper.
      ...(dark && { '.cm-line span': { color: 'inherit' } }),
      '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
      // The colours of the default highlighting are made for light pages.
      ...(dark && { '.cm-line span': { color: 'inherit !important' } }),
    },
    { dark },
  )

export default function CodeEditor({
  value,
  onChange,
  label,
  onSubmit,
  autoFocus = false,
  readOnly = false,
  minHeight,
  describedBy,
  invalid = false,
}: EditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const look = useRef(new Compartment())
  const words = useRef(new Compartment())
  const handlers = useRef({ onChange, onSubmit })
  handlers.current = { onChange, onSubmit }
  const dark = useComputedColorScheme('light') === 'dark'
  const id = useId()
  const attributes = () =>
    EditorView.contentAttributes.of({
      'aria-labelledby': id,
      ...(describedBy && { 'aria-describedby': describedBy }),
      ...(invalid && { 'aria-invalid': 'true' }),
      // Editable alone does not count as reachable by keyboard, where the text scrolls.
      tabindex: '0',
      spellcheck: 'true',
      autocapitalize: 'sentences',
    })

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; later values are dispatched into it below
  useEffect(() => {
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: value,
        extensions: [
          keymap.of([
            {
              key: 'Mod-Enter',
              run: () => {
                handlers.current.onSubmit?.()
                return handlers.current.onSubmit !== undefined
              },
            },
          ]),
          basicSetup,
          markdown(),
          EditorView.lineWrapping,
          EditorView.cspNonce.of(nonce),
          EditorState.readOnly.of(readOnly),
          words.current.of(attributes()),
          look.current.of(editorTheme(dark, minHeight)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) handlers.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    if (autoFocus) made.focus()
    return () => made.destroy()
  }, [])

  useEffect(() => {
    view.current?.dispatch({ effects: look.current.reconfigure(editorTheme(dark, minHeight)) })
  }, [dark, minHeight])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attributes` is made of these
  useEffect(() => {
    view.current?.dispatch({ effects: words.current.reconfigure(attributes()) })
  }, [describedBy, invalid, id])

  useEffect(() => {
    const now = view.current?.state.doc.toString()
    if (now !== undefined && now !== value)
      view.current?.dispatch({ changes: { from: 0, to: now.length, insert: value } })
  }, [value])

  return (
    <div>
      <Input.Label id={id} component="div" onClick={() => view.current?.focus()}>
        {label}
      </Input.Label>
      <div ref={place} />
    </div>
  )
}
