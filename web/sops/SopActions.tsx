/** What can be done with an SOP; the same by keys. */
import { Button, CopyButton, Group, Menu } from '@mantine/core'
import {
  IconArchive,
  IconArchiveOff,
  IconCheck,
  IconDots,
  IconFlask,
  IconHistory,
  IconLink,
  IconPencil,
  IconPrinter,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { isSpecial } from '../components/CategoryNote.tsx'
import { askReason } from '../components/reason.ts'
import { undoLast } from '../components/toast.ts'
import type { Sop } from './documents.ts'
import type { Tab } from './route.ts'
import { useSopChanges } from './useSopChanges.ts'

export function SopActions({ sop, tab, go }: { sop: Sop; tab: Tab; go: (tab: Tab) => void }) {
  const { t } = useTranslation('sops')
  const { t: common } = useTranslation()
  const { can } = useSession()
  const change = useSopChanges(sop)
  const archived = sop.archivedAt !== null

  const archive = async () => {
    const reason = await askReason({
      title: t('archived.ask'),
      text: t('archived.askText'),
      action: t('archived.do'),
      danger: true,
    })
    if (reason !== null) change.mutate({ kind: 'archive', reason })
  }
  const restore = async () => {
    const reason = await askReason({ title: t('archived.restoreAsk'), action: t('archived.restore') })
    if (reason !== null)
      change.mutate({ kind: 'save', content: sop.content, expectedVersion: sop.version, reason })
  }
  const print = () => {
    // What is printed is the text; it is on the page before the dialog opens.
    if (tab === 'text') window.print()
    else {
      go('text')
      setTimeout(() => window.print(), 300)
    }
  }

  useShortcuts([
    ...(can('reviewer') ? [{ keys: 'e', label: t('keys.edit'), run: () => go('edit') }] : []),
    { keys: 'h', label: t('keys.history'), run: () => go('history') },
    { keys: 'b', label: t('keys.blame'), run: () => go('blame') },
    { keys: 'q', label: t('keys.questions'), run: () => go('questions') },
    { keys: 't', label: t('keys.text'), run: () => go('text') },
    { keys: 'p', label: t('keys.print'), run: print },
    { keys: 'u', label: t('keys.undo'), run: () => void undoLast() },
  ])

  return (
    <Group gap="xs" className="no-print">
      {can('reviewer') && tab !== 'edit' && (
        <Button size="xs" leftSection={<IconPencil size={14} aria-hidden />} onClick={() => go('edit')}>
          {common('do.edit')}
        </Button>
      )}
      <Button size="xs" variant="default" leftSection={<IconPrinter size={14} aria-hidden />} onClick={print}>
        {common('do.print')}
      </Button>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="xs" variant="default" px={8} aria-label={t('more')} loading={change.isPending}>
            <IconDots size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <CopyButton value={`${location.origin}/sops/${sop.id}`}>
            {({ copied, copy }) => (
              <Menu.Item
                closeMenuOnClick={false}
                leftSection={
                  copied ? <IconCheck size={16} aria-hidden /> : <IconLink size={16} aria-hidden />
                }
                onClick={copy}
              >
                {copied ? common('do.copied') : t('copyLink')}
              </Menu.Item>
            )}
          </CopyButton>
          <Menu.Item leftSection={<IconHistory size={16} aria-hidden />} onClick={() => go('history')}>
            {t('tabs.history')}
          </Menu.Item>
          {can('reviewer') && (
            <>
              <Menu.Divider />
              {!archived && !isSpecial(sop.category) && (
                <Menu.Item
                  leftSection={<IconFlask size={16} aria-hidden />}
                  renderRoot={(props) => (
                    <Link {...props} to="/experiments" search={{ mode: 'new', sop: sop.id }} />
                  )}
                >
                  {t('experiment.start')}
                </Menu.Item>
              )}
              {archived ? (
                <Menu.Item
                  leftSection={<IconArchiveOff size={16} aria-hidden />}
                  onClick={() => void restore()}
                >
                  {t('archived.restore')}
                </Menu.Item>
              ) : (
                <Menu.Item
                  color="red"
                  leftSection={<IconArchive size={16} aria-hidden />}
                  onClick={() => void archive()}
                >
                  {t('archived.do')}
                </Menu.Item>
              )}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
    </Group>
  )
}
