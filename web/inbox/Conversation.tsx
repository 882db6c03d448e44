/** One conversation: who has it and what can be done, its messages, the reply, its details. */
import { Alert, Box } from '@mantine/core'
import { useElementSize, useLocalStorage } from '@mantine/hooks'
import { IconInbox } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { formatDay } from '../app/time.ts'
import { lateDialog } from '../components/late.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { useMayReadPrompts } from '../models/Provenance.tsx'
import { useTicketActions } from './actions.ts'
import { Composer } from './Composer.tsx'
import { ConversationHead } from './ConversationHead.tsx'
import { Details } from './Details.tsx'
import { isHeld, type Ticket, ticketQuery } from './data.ts'
import classes from './inbox.module.css'
import { SendingMessage } from './SendingMessage.tsx'
import { Stream } from './Stream.tsx'
import { useReply } from './useReply.ts'

const ResolveDialog = lateDialog(
  () => import('./ResolveDialog.tsx'),
  ({ opened }) => opened,
)

const page = 50
const most = 1000

interface Props {
  id: number
  /** On a phone: to the list. */
  onBack: (() => void) | undefined
  /** Whether the focus was where there is a conversation now. */
  focusBack: boolean
}

export function Conversation({ id, onBack, focusBack }: Props) {
  const { t } = useTranslation('inbox')
  const [last, setLast] = useState(page)
  const prompts = useMayReadPrompts()
  const query = useData(ticketQuery, { id, last, prompts }, { keepPrevious: true })
  // What is shown stays shown as more is said: what is left out is counted from the beginning.
  const left = useRef<number>(undefined)
  const total = query.data?.ticket?.messages.totalCount
  useEffect(() => {
    if (total === undefined) return
    left.current ??= Math.max(0, total - page)
    setLast(Math.min(most, Math.max(page, total - left.current)))
  }, [total])
  return (
    <Box className={classes.talk} aria-label={t('conversation.label', { id })} component="section">
      <QueryState query={query}>
        {({ ticket }) =>
          ticket ? (
            <Whole
              ticket={ticket}
              onBack={onBack}
              focusBack={focusBack}
              onEarlier={() => {
                left.current = Math.max(0, (left.current ?? 0) - page * 2)
                setLast(Math.min(most, (total ?? 0) - left.current))
              }}
            />
          ) : (
            <Empty icon={IconInbox} title={t('conversation.gone', { id })}>
              {t('conversation.goneHint')}
            </Empty>
          )
        }
      </QueryState>
    </Box>
  )
}

interface WholeProps {
  ticket: Ticket
  onBack: (() => void) | undefined
  focusBack: boolean
  onEarlier: () => void
}

function Whole({ ticket, onBack, focusBack, onEarlier }: WholeProps) {
  const { t } = useTranslation('inbox')
  const { user, can } = useSession()
  const { ref, width } = useElementSize()
  const roomy = width >= 760
  const [details, setDetails] = useLocalStorage<boolean | null>({
    key: 'clubos.inbox.details',
    defaultValue: null,
    getInitialValueInEffect: false,
  })
  const [correcting, setCorrecting] = useState<string | null>(null)
  const [resolving, setResolving] = useState(false)
  const box = useRef<HTMLTextAreaElement>(null)
  const actions = useTicketActions(ticket)
  const reply = useReply(ticket.id)

  const may = can('agent') && ticket.erasedAt === null
  const mine = ticket.status === 'taken' && ticket.assignee === user?.email
  const offers = {
    takeOver: may && !isHeld(ticket),
    handBack: may && mine,
    resolve: may && ticket.status !== 'resolved',
  }
  const lastAnswer = nodesOf(ticket.messages).findLast(
    ({ authorKind }) => authorKind === 'assistant',
  )?.response
  useShortcuts([
    // Also where somebody else has it: the server says who.
    ...(may ? [{ keys: 't', label: t('do.takeOver'), run: actions.takeOver }] : []),
    ...(offers.handBack ? [{ keys: 'b', label: t('do.handBack'), run: actions.handBack }] : []),
    ...(offers.resolve ? [{ keys: 'Shift+R', label: t('do.resolve'), run: () => setResolving(true) }] : []),
    ...(may && lastAnswer && lastAnswer.erasedAt === null
      ? [{ keys: 'c', label: t('keys.correct'), run: () => setCorrecting(lastAnswer.id) }]
      : []),
    ...(onBack ? [{ keys: 'u', label: t('keys.list'), run: onBack }] : []),
  ])
  // By itself only where the messages keep room for their sources beside them; on a phone only when asked for.
  const [unfolded, setUnfolded] = useState(false)
  const aside = roomy ? (details ?? width >= 980) : unfolded

  return (
    <div className={classes.conversation} data-details={(roomy && aside) || undefined} ref={ref}>
      <div className={classes.talk}>
        <ConversationHead
          ticket={ticket}
          offers={offers}
          actions={actions}
          onResolve={() => setResolving(true)}
          onBack={onBack}
          focusBack={focusBack}
          details={aside}
          onDetails={() => (roomy ? setDetails(!aside) : setUnfolded(!aside))}
        />
        {aside && !roomy && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
          <section className={classes.fold} aria-label={t('details.title')} tabIndex={0}>
            <Details ticket={ticket} />
          </section>
        )}
        {ticket.erasedAt && (
          <Alert color="gray" p="xs" m="sm" role="note">
            {t('conversation.erased', { day: formatDay(ticket.erasedAt) })}
          </Alert>
        )}
        <Stream
          ticket={ticket}
          sending={reply.underWay !== null && <SendingMessage text={reply.underWay} />}
          correcting={correcting}
          onCorrect={setCorrecting}
          onEarlier={onEarlier}
        />
        {may && <Composer ticket={ticket} box={box} reply={reply} />}
      </div>
      {aside && roomy && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
        <section className={classes.side} aria-label={t('details.title')} tabIndex={0}>
          <Details ticket={ticket} />
        </section>
      )}
      <ResolveDialog
        opened={resolving}
        onClose={() => setResolving(false)}
        ticket={ticket}
        onResolve={actions.resolve}
      />
    </div>
  )
}
