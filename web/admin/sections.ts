/** The sections of Admin, and whom each is for. The server decides; here is what is offered. */
import { has, isStaff, type Role } from '../app/session.ts'

const inCharge = (role: Role) => has(role, 'admin') || role === 'auditor'

export const sections = [
  { name: 'people', path: '/admin/people', for: inCharge },
  { name: 'tokens', path: '/admin/tokens', for: isStaff },
  { name: 'sessions', path: '/admin/sessions', for: isStaff },
  { name: 'assistant', path: '/admin/assistant', for: isStaff },
  { name: 'models', path: '/admin/models', for: inCharge },
  {
    name: 'prompts',
    path: '/admin/prompts',
    for: (role: Role) => has(role, 'reviewer') || role === 'auditor',
  },
  { name: 'jobs', path: '/admin/jobs', for: inCharge },
  { name: 'audit', path: '/admin/audit', for: inCharge },
  { name: 'health', path: '/admin/health', for: inCharge },
  { name: 'notifications', path: '/admin/notifications', for: inCharge },
  { name: 'privacy', path: '/admin/privacy', for: inCharge },
  { name: 'backups', path: '/admin/backups', for: inCharge },
  { name: 'imports', path: '/admin/imports', for: inCharge },
] as const

export type SectionName = (typeof sections)[number]['name']
