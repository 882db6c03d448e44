/** A chart's numbers and its address to take along. */
import { Menu } from '@mantine/core'
import { IconClipboard, IconDownload, IconLink } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { download } from '../components/download.ts'
import { toast } from '../components/toast.ts'
import { TakeFace } from './ChartCard.tsx'
import type { Chart, Row } from './chart.ts'
import { toCsv } from './csv.ts'
import type { View } from './route.ts'

export interface TakeProps {
  chart: Chart
  rows: Row[]
  view: View
  title: string
}

export default function TakeMenu({ chart, rows, view, title }: TakeProps) {
  const { t } = useTranslation(['insights', 'common'])
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text)
    toast({ message: t('common:do.copied') })
  }
  const address = () => {
    const url = new URL(location.href)
    url.searchParams.set('chart', chart.name)
    if (view !== 'chart') url.searchParams.set('as', view)
    return url.href
  }
  return (
    <Menu position="bottom-end" defaultOpened>
      <Menu.Target>
        <TakeFace title={title} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconDownload size={16} aria-hidden />}
          disabled={rows.length === 0}
          onClick={() => download(`${chart.name}.csv`, toCsv(chart.columns, rows), 'text/csv;charset=utf-8')}
        >
          {t('take.csv')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconClipboard size={16} aria-hidden />}
          disabled={rows.length === 0}
          onClick={() => void copy(toCsv(chart.columns, rows))}
        >
          {t('take.copy')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLink size={16} aria-hidden />} onClick={() => void copy(address())}>
          {t('take.link')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
