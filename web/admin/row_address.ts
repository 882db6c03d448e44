/** The page on which one finds the row that an audit entry is about. */
interface Row {
  tableName: string
  rowId: string
  old: unknown
  new: unknown
}

const fieldOf = (value: unknown, name: string): string | null => {
  const found =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null
}

export function addressOf(row: Row): string | null {
  const id = encodeURIComponent(row.rowId)
  switch (row.tableName) {
    case 'sops':
      return `/sops/${id}`
    case 'knowledge_base':
      return `/knowledge?entry=${id}`
    case 'improvement_queue':
      return `/review?status=${fieldOf(row.new ?? row.old, 'status') ?? 'pending'}&id=${id}`
    case 'tickets':
      return `/inbox?tab=all&ticket=${id}`
    case 'users': {
      const email = fieldOf(row.new ?? row.old, 'email')
      return `/admin/people${email ? `?q=${encodeURIComponent(email)}` : ''}`
    }
    case 'club_settings':
      return '/admin/assistant'
    case 'api_tokens':
      return '/admin/tokens?ended=true'
    case 'sessions':
      return '/admin/sessions?ended=true'
    case 'webhooks':
      return '/admin/notifications'
    case 'jobs':
      return '/admin/jobs'
    case 'retention_rules':
    case 'privacy_actions':
      return '/admin/privacy'
    default:
      return null
  }
}
