/** The search of an answer, done again: loaded only where somebody asks for it. */
import { Button } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

const Replay = lazy(async () => ({ default: (await import('../ask/Replay.tsx')).Replay }))

export function Again({ response }: { response: string }) {
  const { t } = useTranslation('inbox')
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        mt={4}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {t(open ? 'answer.notAgain' : 'answer.again')}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <Replay id={response} />
        </Suspense>
      )}
    </>
  )
}
