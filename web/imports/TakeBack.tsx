/** An applied import is taken back as one; what was built on it since is shown first, and may be left. */
import { Alert, Button, List, Stack, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '../components/Confirm.tsx'
import { useChange, useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { type Batch, importQuery, importsQuery, obstaclesQuery, rollbackMutation } from './documents.ts'
import { useReasons } from './reason.ts'

export function TakeBack({ batch }: { batch: Batch }) {
  const { t } = useTranslation('imports')
  const { obstacleOf } = useReasons()
  const [asking, setAsking] = useState(false)
  const { data } = useData(obstaclesQuery, { id: batch.id })
  const obstacles = nodesOf(data?.importObstacles)
  const total = data?.importObstacles?.totalCount ?? 0
  const [refusal, setRefusal] = useState<string | null>(null)
  const rollback = useChange(rollbackMutation, {
    refreshes: [importQuery, importsQuery, obstaclesQuery],
    onSuccess: () => setAsking(false),
    onError: (error) => {
      setRefusal(error.message)
      return true
    },
  })
  return (
    <Stack gap="sm">
      {total > 0 && (
        <Alert color="orange" icon={<IconInfoCircle />} title={t('obstacles', { count: total })}>
          <List size="sm" style={{ overflowWrap: 'anywhere' }}>
            {obstacles.map((one) => (
              <List.Item key={`${one.itemId} ${one.what}`}>{obstacleOf(one)}</List.Item>
            ))}
            {total > obstacles.length && <List.Item>…</List.Item>}
          </List>
          <Text size="sm" mt="xs">
            {t('obstaclesHint')}
          </Text>
        </Alert>
      )}
      <Button
        variant="default"
        w="fit-content"
        disabled={data === undefined}
        onClick={() => {
          setRefusal(null)
          setAsking(true)
        }}
      >
        {t(total > 0 ? 'rollBackRest' : 'rollBack')}
      </Button>
      <Confirm
        opened={asking}
        title={t('rollBackTitle', { name: batch.name })}
        text={t(total > 0 ? 'rollBackRestText' : 'rollBackText', { count: total })}
        action={t(total > 0 ? 'rollBackRest' : 'rollBack')}
        reason
        pending={rollback.isPending}
        refusal={refusal}
        onConfirm={(reason) => rollback.mutate({ id: batch.id, reason, force: total > 0 })}
        onClose={() => setAsking(false)}
      />
    </Stack>
  )
}
