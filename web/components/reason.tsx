/** Asks why: everything that changes what the club says carries a reason. */
import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { modals } from '@mantine/modals'
import i18next from 'i18next'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

interface Ask {
  title: string
  /** On the button that does it. */
  action: string
  text?: ReactNode
  /** Whether it can do without. */
  optional?: boolean
  /** Reasons to choose from with one click. */
  suggestions?: string[]
  danger?: boolean
}

/** Null where the person thought better of it. */
export const askReason = (ask: Ask): Promise<string | null> =>
  new Promise((resolve) => {
    let answered = false
    const id = modals.open({
      title: ask.title,
      closeButtonProps: { 'aria-label': i18next.t('do.close') },
      onClose: () => {
        if (!answered) resolve(null)
      },
      children: (
        <ReasonForm
          {...ask}
          onCancel={() => modals.close(id)}
          onSubmit={(reason) => {
            answered = true
            modals.close(id)
            resolve(reason)
          }}
        />
      ),
    })
  })

function ReasonForm({
  action,
  text,
  optional = false,
  suggestions = [],
  danger = false,
  onCancel,
  onSubmit,
}: Ask & { onCancel: () => void; onSubmit: (reason: string) => void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const missing = !optional && reason.trim() === ''
  const submit = () => {
    setTried(true)
    if (!missing) onSubmit(reason.trim())
  }
  return (
    <Stack>
      {text && (
        <Text size="sm" component="div">
          {text}
        </Text>
      )}
      <Textarea
        label={t('reason.label')}
        placeholder={t('reason.placeholder')}
        description={t('reason.submit')}
        data-autofocus
        autosize
        minRows={2}
        maxRows={8}
        maxLength={4000}
        value={reason}
        error={tried && missing && t('reason.needed')}
        onChange={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
        }}
      />
      {suggestions.length > 0 && (
        <Group gap={6}>
          {suggestions.map((one) => (
            <Button key={one} size="compact-xs" variant="default" onClick={() => setReason(one)}>
              {one}
            </Button>
          ))}
        </Group>
      )}
      <Group justify="flex-end">
        <Button variant="subtle" onClick={onCancel}>
          {t('do.cancel')}
        </Button>
        <Button color={danger ? 'red' : undefined} onClick={submit}>
          {action}
        </Button>
      </Group>
    </Stack>
  )
}
