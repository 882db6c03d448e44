/** Which keys do what, here and everywhere. */
import { Modal, Stack, Table, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Keys, type Registry, type Scope } from './keyboard.tsx'

export default function KeyboardHelp({
  opened,
  onClose,
  registry,
}: {
  opened: boolean
  onClose: () => void
  registry: Registry
}) {
  const { t } = useTranslation()
  const of = (scope: Scope) =>
    [...registry.values()].filter((one) => one.scope === scope).flatMap((one) => one.shortcuts)
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('keys.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('do.close') }}
    >
      <Stack>
        {(['here', 'everywhere'] as const).map((scope) => {
          const shortcuts = of(scope)
          if (shortcuts.length === 0) return null
          return (
            <section key={scope}>
              <Title order={3} size="h5" mb="xs">
                {t(`keys.${scope}`)}
              </Title>
              <Table withRowBorders={false} verticalSpacing={4}>
                <Table.Tbody>
                  {shortcuts.map((one) => (
                    <Table.Tr key={one.keys}>
                      <Table.Th w="9rem" scope="row">
                        <Keys keys={one.keys} />
                      </Table.Th>
                      <Table.Td>
                        <Text size="sm">{one.label}</Text>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </section>
          )
        })}
      </Stack>
    </Modal>
  )
}
