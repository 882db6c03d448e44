/** Links to what stands on another page: one place that knows how its address looks. */
import { Anchor, type AnchorProps } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Status } from '../review/route.ts'

interface Props extends AnchorProps {
  id: number
  children: ReactNode
}

/** A proposal in the review queue, which lists those that are decided apart. */
export const ProposalLink = ({ id, status, ...props }: Props & { status?: Status }) => (
  <Anchor {...props} renderRoot={(root) => <Link {...root} to="/review" search={{ id, status }} />} />
)

/** A conversation in the inbox. */
export const TicketLink = ({ id, ...props }: Props) => (
  <Anchor
    {...props}
    renderRoot={(root) => <Link {...root} to="/inbox" search={{ tab: 'all', ticket: id }} />}
  />
)
