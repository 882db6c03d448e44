/** The first step: files are dropped or chosen, and go to the server, which says how far they are. */
import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconFileImport } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../app/bytes.ts'
import { formatShare } from '../app/time.ts'
import { LateMeter } from '../components/LateMeter.tsx'
import { ApiError } from '../graphql/client.ts'
import classes from './Choose.module.css'

/** Bytes that the server takes at once. */
const mostUploaded = 100_000_000

const taken = '.zip,.md,.markdown,.txt,.html,.htm,.pdf,.docx,.csv,.tsv,.json,.jsonl'

export function Choose({ onStaged }: { onStaged: (id: number) => void }) {
  const { t } = useTranslation(['imports', 'common'])
  const [over, setOver] = useState(false)
  const [share, setShare] = useState<number | null>(null)
  const file = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const stopping = useRef<AbortController>(null)
  // Who goes elsewhere has thought better of it: half a file is no import.
  useEffect(() => () => stopping.current?.abort(), [])

  const send = useMutation<number, ApiError | DOMException, File[]>({
    mutationFn: async (files) => {
      const control = new AbortController()
      stopping.current = control
      setShare(null)
      const { nameOf, packed, upload } = await import('./upload.ts')
      if (files.every(({ size }) => size === 0))
        throw new ApiError(t('emptyFile'), 'CO005', t('emptyFileHint'))
      // One of them alone would be refused; together they may still pack to less.
      const whole = files.length === 1 ? files[0]! : await packed(files)
      if (whole.size > mostUploaded)
        throw new ApiError(
          t('tooLarge', { size: formatBytes(whole.size), most: formatBytes(mostUploaded) }),
          'CO006',
          t('tooLargeHint'),
        )
      control.signal.throwIfAborted()
      const name = files.length === 1 ? files[0]!.name : nameOf(files)
      return upload(whole, name, setShare, control.signal)
    },
    onSuccess: onStaged,
  })
  const begin = (list: FileList | File[] | null) => {
    const files = [...(list ?? [])]
    if (files.length > 0 && !send.isPending) send.mutate(files)
  }
  const stopped = send.error instanceof DOMException && send.error.name === 'AbortError'

  return (
    <Stack gap="sm">
      <Paper
        component="section"
        aria-label={t('drop')}
        className={classes.zone}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          void droppedFiles(event.dataTransfer).then(begin)
        }}
      >
        <IconFileImport size={32} aria-hidden />
        <Text fw={600} ta="center">
          {t('drop')}
        </Text>
        <Text size="sm" c="dimmed" ta="center" maw="34rem">
          {t('takes', { most: formatBytes(mostUploaded) })}
        </Text>
        {send.isPending ? (
          <Stack gap={6} w="100%" maw="24rem">
            <LateMeter
              label={
                share === null
                  ? t('packing')
                  : share < 1
                    ? t('uploading', { share: formatShare(share) })
                    : t('arriving')
              }
              done={0}
              total={0}
              {...(share !== null && share < 1 && { share })}
            />
            <Button variant="subtle" size="compact-sm" onClick={() => stopping.current?.abort()}>
              {t('common:do.cancel')}
            </Button>
          </Stack>
        ) : (
          <Group gap="xs" justify="center">
            <Button onClick={() => file.current?.click()}>{t('chooseFiles')}</Button>
            <Button variant="default" onClick={() => folder.current?.click()}>
              {t('chooseFolder')}
            </Button>
          </Group>
        )}
        <input
          ref={file}
          type="file"
          hidden
          multiple
          accept={taken}
          aria-label={t('chooseFiles')}
          onChange={(event) => {
            begin(event.currentTarget.files)
            // The same file once more is a choice, too.
            event.currentTarget.value = ''
          }}
        />
        <input
          ref={folder}
          type="file"
          hidden
          // Which React's types do not know.
          {...{ webkitdirectory: '' }}
          aria-label={t('chooseFolder')}
          onChange={(event) => {
            begin(event.currentTarget.files)
            event.currentTarget.value = ''
          }}
        />
      </Paper>
      {send.error && !stopped && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle />} title={t('notTaken')}>
          <Text size="sm">
            {send.error.message} {(send.error as ApiError).hint}
          </Text>
        </Alert>
      )}
    </Stack>
  )
}

/** Folders too, with all that is in them. */
async function droppedFiles(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  if (entries.every((entry) => entry.isFile)) return [...data.files]
  const files: File[] = []
  const walk = async (entry: FileSystemEntry): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      )
      // A dropped folder's files do not say where in it they were.
      Object.defineProperty(file, 'webkitRelativePath', { value: entry.fullPath.replace(/^\//, '') })
      files.push(file)
      return
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader()
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      )
      if (some.length === 0) return
      for (const one of some) await walk(one)
    }
  }
  for (const entry of entries) await walk(entry)
  return files
}
