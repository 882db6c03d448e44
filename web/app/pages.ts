/** The pages of the menu: where they are, and whom they are for. A page of its own is a folder and a line here. */
import {
  IconBook2,
  IconBulb,
  IconCertificate,
  IconChartBar,
  IconFlask,
  IconGitPullRequest,
  IconInbox,
  IconMessageQuestion,
  IconQuestionMark,
  IconSettings,
} from '@tabler/icons-react'
import { has, isStaff, type Role } from './session.ts'

export const pages = [
  { name: 'review', path: '/review', key: 'r', icon: IconGitPullRequest, for: isStaff },
  { name: 'inbox', path: '/inbox', key: 'i', icon: IconInbox, for: isStaff },
  { name: 'sops', path: '/sops', key: 's', icon: IconBook2, for: isStaff },
  { name: 'knowledge', path: '/knowledge', key: 'k', icon: IconBulb, for: isStaff },
  { name: 'golden', path: '/golden', key: 'o', icon: IconCertificate, for: isStaff },
  { name: 'ask', path: '/ask', key: 'a', icon: IconMessageQuestion, for: isStaff },
  { name: 'experiments', path: '/experiments', key: 'x', icon: IconFlask, for: isStaff },
  { name: 'insights', path: '/insights', key: 'n', icon: IconChartBar, for: isStaff },
  { name: 'questions', path: '/questions', key: 'q', icon: IconQuestionMark, for: isStaff },
  {
    name: 'admin',
    path: '/admin',
    key: 'm',
    icon: IconSettings,
    for: (role: Role) => has(role, 'agent') || role === 'auditor',
  },
] as const

export type PageName = (typeof pages)[number]['name']
