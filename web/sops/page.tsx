/** SOPs: the tree and the search on one side, what is read on the other; on a phone one of them, by the address. */
import { Box, Button, Group, Stack, Switch, Text, Title } from '@mantine/core'
import { IconBook2, IconPlus } from '@tabler/icons-react'
import { createLazyRoute, Link, Outlet, useNavigate, useParams, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { useData } from '../graphql/hooks.ts'
import { sopQuery } from './documents.ts'
import classes from './page.module.css'
import { SopSearch } from './SopSearch.tsx'
import { SopTree } from './SopTree.tsx'
import { useSopTree } from './useSopTree.ts'

export const route = createLazyRoute('/staff/sops')({ component: SopsPage })

function SopsPage() {
  const { t } = useTranslation('sops')
  const { can } = useSession()
  const { q, archived } = route.useSearch()
  const navigate = useNavigate()
  const { id } = useParams({ strict: false })
  const alone = useRouterState({ select: ({ location }) => /^\/sops\/?$/.test(location.pathname) })
  const input = useRef<HTMLInputElement>(null)
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const toggle = (category: string, open: boolean) =>
    setOpened((now) => {
      const next = new Set(now)
      if (open) next.add(category)
      else next.delete(category)
      return next
    })
  const { query, rows } = useSopTree(opened, archived === 'yes')

  // What is read is in the tree, however one came to it.
  const reading = useData(sopQuery, { id: Number(id) }, { enabled: Number(id) > 0 })
  const category = reading.data?.sop?.category
  useEffect(() => {
    if (category !== undefined) setOpened((now) => (now.has(category) ? now : new Set([...now, category])))
  }, [category])

  const keep = (all: { q?: string; archived?: 'yes' }) => ({ q: all.q, archived: all.archived })
  useShortcuts([
    { keys: 'f', label: t('keys.search'), run: () => input.current?.focus() },
    ...(can('reviewer')
      ? [{ keys: 'n', label: t('keys.new'), run: () => void navigate({ to: '/sops/new', search: keep }) }]
      : []),
  ])

  const empty = query.data?.sopCategories?.nodes.length === 0
  return (
    <Box className={classes.panes}>
      <Stack component="aside" gap="xs" className={classes.list} data-alone={alone} aria-label={t('title')}>
        {alone && <title>{`${t('title')} · ClubOS`}</title>}
        <Group justify="space-between" wrap="nowrap">
          {/* The heading of the page is that of the SOP, once there is one. */}
          {alone ? (
            <Title order={1} size="h3">
              {t('title')}
            </Title>
          ) : (
            <Text fw={650} size="lg">
              {t('title')}
            </Text>
          )}
          {can('reviewer') && (
            <Button
              size="xs"
              leftSection={<IconPlus size={14} aria-hidden />}
              renderRoot={(props) => <Link to="/sops/new" search={keep} {...props} />}
            >
              {t('new.button')}
            </Button>
          )}
        </Group>
        <SopSearch q={q} input={input}>
          <QueryState query={query}>
            {() =>
              empty && archived === undefined ? (
                <Empty icon={IconBook2} title={t('empty.title')}>
                  {t(can('reviewer') ? 'empty.hint' : 'empty.hintReader')}
                </Empty>
              ) : (
                <SopTree
                  rows={rows}
                  selected={Number(id)}
                  onToggle={toggle}
                  onOpen={(sop) =>
                    void navigate({ to: '/sops/$id', params: { id: String(sop) }, search: keep })
                  }
                />
              )
            }
          </QueryState>
        </SopSearch>
        <Group justify="space-between">
          <Switch
            size="xs"
            label={t('archived.show')}
            checked={archived === 'yes'}
            onChange={({ currentTarget: { checked } }) =>
              void navigate({
                to: '.',
                search: (all) => ({ ...all, archived: checked ? ('yes' as const) : undefined }),
                replace: true,
              })
            }
          />
        </Group>
      </Stack>
      <Box className={classes.content} data-alone={alone}>
        {alone ? (
          !empty && (
            <Empty icon={IconBook2} title={t('choose.title')}>
              {t('choose.hint')}
            </Empty>
          )
        ) : (
          <Outlet />
        )}
      </Box>
    </Box>
  )
}
