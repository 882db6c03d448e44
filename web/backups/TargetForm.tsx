/** Sets up a place for backups, or changes one; tries it on the way, from where backups are made. */
import {
  Alert,
  Button,
  Code,
  Group,
  List,
  Modal,
  Radio,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconKey } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import { toast } from '../components/toast.ts'
import { useChange, useData } from '../graphql/hooks.ts'
import { backupsQuery, type Target } from './documents.ts'
import { type Fields, freeName, kinds, settingsOf, wrongIn } from './place.ts'
import {
  saveTargetMutation,
  type TargetTest,
  targetTestQuery,
  testTargetMutation,
} from './target_documents.ts'

export interface TargetFormProps {
  /** The target to change, or to try at once; null: none is open. */
  form: { target: Target | 'new'; test?: boolean } | null
  targets: Target[]
  onClose: () => void
}

export default function TargetForm({ form, targets, onClose }: TargetFormProps) {
  const { t } = useTranslation(['backup_targets', 'common'])
  const narrow = useMediaQuery('(max-width: 36em)')
  const [last, setLast] = useState(form)
  // What it was about stays in view while the dialog closes.
  if (form && form !== last) setLast(form)
  const known = last && last.target !== 'new' ? last.target : null
  return (
    <Modal
      opened={form !== null}
      onClose={onClose}
      size="lg"
      fullScreen={narrow ?? false}
      title={known ? t('changeTitle', { name: known.name }) : t('add')}
      closeButtonProps={{ 'aria-label': t('common:do.close') }}
    >
      <Form
        key={known?.id ?? 'new'}
        known={known}
        test={last?.test === true}
        taken={targets.map(({ name }) => name)}
        onClose={onClose}
      />
    </Modal>
  )
}

function begin(known: Target | null, taken: string[]): Fields {
  const { bucket, prefix, folder_id } = (known?.settings ?? {}) as Record<string, string | undefined>
  const kind = kinds.find((one) => one === known?.kind) ?? 's3'
  return {
    kind,
    name: known?.name ?? freeName(kind, taken),
    bucket: bucket ?? '',
    prefix: prefix ?? '',
    folder: folder_id ?? '',
    daily: known?.schedule !== 'manual',
  }
}

interface FormProps {
  known: Target | null
  test: boolean
  taken: string[]
  onClose: () => void
}

function Form({ known, test: testAtOnce, taken, onClose }: FormProps) {
  const { t } = useTranslation(['backup_targets', 'common'])
  const [fields, setFields] = useState(() => begin(known, taken))
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState<'test' | 'save' | null>(null)
  const [asked, setAsked] = useState<{ id: number; at: number } | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const { kind, name } = fields
  const wrong = wrongIn(fields, known ? [] : taken)
  const settings = settingsOf(fields)
  const moves = known !== null && JSON.stringify(settings) !== JSON.stringify(begunSettings(known, taken))
  const write = (part: Partial<Fields>) => {
    setFields({ ...fields, ...part })
    // It says nothing of another place.
    if (!('daily' in part)) setAsked(null)
  }
  const test = useChange(testTargetMutation, {
    onError: () => true,
    onSuccess: ({ testBackupTarget }) => {
      const id = testBackupTarget?.result?.id
      if (id) setAsked({ id, at: Date.now() })
    },
  })
  const save = useChange(saveTargetMutation, {
    refreshes: [backupsQuery],
    onError: () => true,
    onSuccess: () => {
      toast({ message: t(known ? 'changed' : 'added', { name }) })
      onClose()
    },
  })
  const toWrong = () =>
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  const tryIt = () => {
    setTried(tried ?? 'test')
    setAsked(null)
    if (Object.keys(wrong).length > 0) return void toWrong()
    test.mutate({ input: { name, kind, settings } })
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is opened for that
  useEffect(() => {
    if (testAtOnce) tryIt()
  }, [])
  const says = (field: keyof typeof wrong) => {
    const what = tried ? wrong[field] : wrong[field] === 'taken' ? 'taken' : undefined
    return what && t(`wrong.${field}.${what}` as 'wrong.name.needed')
  }
  const refused = save.error ?? test.error
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setTried('save')
        if (Object.keys(wrong).length > 0 || reason.trim() === '') return void toWrong()
        if (save.isPending) return
        save.mutate({
          input: {
            name,
            kind,
            settings,
            schedule: fields.daily ? 'daily' : 'manual',
            enabled: known?.enabled ?? true,
            reason: reason.trim(),
          },
        })
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit()
      }}
    >
      <Stack>
        {!known && (
          <Radio.Group
            label={t('kind')}
            value={kind}
            onChange={(value) => {
              const next = value as Fields['kind']
              // A name that was not typed follows the kind.
              write({ kind: next, ...(name === freeName(kind, taken) && { name: freeName(next, taken) }) })
            }}
          >
            <Stack gap="xs" mt={4}>
              {kinds.map((one) => (
                <Radio
                  key={one}
                  value={one}
                  label={t(`kinds.${one}.name`)}
                  description={t(`kinds.${one}.about`)}
                />
              ))}
            </Stack>
          </Radio.Group>
        )}
        {!known && (
          <TextInput
            label={t('name')}
            description={t('nameHint')}
            maxLength={50}
            autoComplete="off"
            value={name}
            error={says('name')}
            onChange={(event) => write({ name: event.currentTarget.value.trim() })}
          />
        )}
        {kind === 's3' && (
          <>
            <TextInput
              label={t('bucket')}
              placeholder="club-backups"
              maxLength={63}
              autoComplete="off"
              value={fields.bucket}
              error={says('bucket')}
              onChange={(event) => write({ bucket: event.currentTarget.value })}
            />
            <TextInput
              label={t('prefix')}
              description={t('prefixHint')}
              placeholder="clubos"
              maxLength={200}
              autoComplete="off"
              value={fields.prefix}
              error={says('prefix')}
              onChange={(event) => write({ prefix: event.currentTarget.value })}
            />
          </>
        )}
        {kind === 'drive' && (
          <TextInput
            label={t('folder')}
            description={t('folderHint')}
            placeholder="https://drive.google.com/drive/folders/…"
            maxLength={400}
            autoComplete="off"
            value={fields.folder}
            error={says('folder')}
            onChange={(event) => write({ folder: event.currentTarget.value })}
          />
        )}
        <Secrets kind={kind} name={name} />
        <Group gap="sm" align="center">
          <Button variant="default" loading={test.isPending} onClick={tryIt}>
            {t('test')}
          </Button>
          <Text size="sm" c="dimmed" style={{ flex: 1, minWidth: '12rem' }}>
            {t('testHint')}
          </Text>
        </Group>
        {asked && <Result key={asked.id} {...asked} />}
        {moves && (
          <Alert color="orange" role="status" icon={<IconAlertTriangle aria-hidden />} title={t('moves')}>
            {t('movesText')}
          </Alert>
        )}
        <Radio.Group
          label={t('schedule')}
          value={fields.daily ? 'daily' : 'manual'}
          onChange={(value) => write({ daily: value === 'daily' })}
        >
          <Group gap="lg" mt={4}>
            {(['daily', 'manual'] as const).map((one) => (
              <Radio key={one} value={one} label={t(`schedules.${one}`)} />
            ))}
          </Group>
        </Radio.Group>
        <Textarea
          label={t('common:reason.label')}
          placeholder={t('common:reason.placeholder')}
          autosize
          minRows={1}
          maxRows={5}
          maxLength={4000}
          value={reason}
          error={tried === 'save' && reason.trim() === '' && t('common:reason.needed')}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {refused && (
          <Alert
            color="red"
            role="alert"
            icon={<IconAlertTriangle aria-hidden />}
            title={t('common:state.refused')}
          >
            {refused.message} {refused.hint}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="subtle" onClick={onClose}>
            {t('common:do.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t(known ? 'common:do.save' : 'setUp')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const begunSettings = (known: Target, taken: string[]) => settingsOf(begin(known, taken))

const variables = {
  folder: [['CLUBOS_BACKUP_DIR']],
  s3: [['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'], ['S3_REGION'], ['S3_ENDPOINT']],
  drive: [
    ['GOOGLE_SERVICE_ACCOUNT_FILE'],
    ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET', 'GOOGLE_REFRESH_TOKEN'],
  ],
} as const

/** What stands outside of the database: keys, and where things are. */
function Secrets({ kind, name }: { kind: Fields['kind']; name: string }) {
  const { t } = useTranslation('backup_targets')
  return (
    <Alert
      color="blue"
      role="note"
      icon={kind === 'folder' ? <IconInfoCircle aria-hidden /> : <IconKey aria-hidden />}
      title={t(`secrets.${kind}.title`)}
    >
      <Stack gap={6}>
        <List size="sm" spacing={4}>
          {variables[kind].map((names, index) => (
            <List.Item key={names[0]} style={{ overflowWrap: 'anywhere' }}>
              {names.map((one) => (
                <Code key={one} mr={4} display="inline-block">
                  {one}
                </Code>
              ))}
              {t(`secrets.${kind}.of${index}` as 'secrets.folder.of0', { name: name || '…' })}
            </List.Item>
          ))}
        </List>
        <Text size="sm">
          <Trans t={t} i18nKey={`secrets.${kind}.text`} components={{ code: <Code /> }} />
        </Text>
      </Stack>
    </Alert>
  )
}

/** A worker that lives takes it at once. */
const patience = 15_000

function Result({ id, at }: { id: number; at: number }) {
  const { t } = useTranslation('backup_targets')
  const query = useData(
    targetTestQuery,
    { id },
    {
      refetchInterval: (data) =>
        data?.backupTargetTest && data.backupTargetTest.status !== 'queued' ? false : 700,
    },
  )
  const test = query.data?.backupTargetTest
  if (!test || test.status === 'queued')
    return (
      <Text size="sm" role="status">
        {t(query.dataUpdatedAt - at > patience ? 'waits' : 'testing')}
      </Text>
    )
  if (test.status === 'passed')
    return (
      <Alert color="teal" role="status" icon={<IconCircleCheck aria-hidden />} title={t('passed')}>
        {t('passedText')}
      </Alert>
    )
  return <Failed test={test} />
}

function Failed({ test }: { test: TargetTest }) {
  const { t } = useTranslation('backup_targets')
  return (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={t(`steps.${test.step as 'open'}`)}
    >
      <Stack gap={6} style={{ overflowWrap: 'anywhere' }}>
        <Text size="sm">{t(`problems.${test.problem as 'other'}`)}</Text>
        {test.hint && <Text size="sm">{test.hint}</Text>}
        <Text size="xs" c="dimmed">
          {t('said', { error: test.error })}
        </Text>
      </Stack>
    </Alert>
  )
}
