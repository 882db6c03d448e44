/** What the pages of backups ask and tell the server. */
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { nodesOf } from '../graphql/nodes.ts'

export const backupsQuery = graphql(`
  query Backups {
    backupState(first: 100) { nodes { target overdue backupId } }
    backupTargets(orderBy: [PRIMARY_KEY_ASC], first: 100) {
      nodes {
        id name kind settings schedule enabled placedAt removedAt
        latest: backupsByTargetId(orderBy: [PRIMARY_KEY_DESC], first: 1) {
          nodes { id status stage done total attempt requestedBy createdAt startedAt finishedAt error hint }
        }
        complete: backupsByTargetId(condition: { status: "complete" }, orderBy: [PRIMARY_KEY_DESC], first: 1) {
          nodes {
            id startedAt finishedAt files uploaded unchanged renamed deleted bytes bytesUploaded
            verification verifiedAt verificationProblems
          }
        }
      }
    }
    backups(orderBy: [PRIMARY_KEY_DESC], first: 15) {
      nodes { id status requestedBy createdAt startedAt finishedAt uploaded unchanged renamed deleted bytesUploaded error target { name } }
    }
    restores(orderBy: [PRIMARY_KEY_DESC], first: 15) {
      nodes { id source mode dryRun status createdAt requestedBy reason }
    }
  }
`)
export const restoreQuery = graphql(`
  query RestoreById($id: Int!) {
    restore(id: $id) {
      id backupId source mode dryRun reason status requestedBy createdAt startedAt finishedAt report error hint
    }
    backupState(first: 100) { nodes { target backupId } }
  }
`)
export const backUpMutation = graphql(`
  mutation RequestBackup($target: String!) { requestBackup(input: { target: $target }) { result { id } } }
`)
export const verifyMutation = graphql(`
  mutation RequestBackupVerification($backupId: Int!) {
    requestBackupVerification(input: { backupId: $backupId }) { result { id } }
  }
`)
export const restoreMutation = graphql(`
  mutation RequestRestore($backupId: Int!, $mode: String!, $dryRun: Boolean!, $reason: String) {
    requestRestore(input: { backupId: $backupId, mode: $mode, dryRun: $dryRun, reason: $reason }) { result { id } }
  }
`)

type Data = ResultOf<typeof backupsQuery>
export type Target = NonNullable<NonNullable<Data['backupTargets']>['nodes'][number]>
export type Latest = NonNullable<Target['latest']['nodes'][number]>
export type Complete = NonNullable<Target['complete']['nodes'][number]>
export type Backup = NonNullable<NonNullable<Data['backups']>['nodes'][number]>
export type RestoreLine = NonNullable<NonNullable<Data['restores']>['nodes'][number]>
export type Restore = NonNullable<ResultOf<typeof restoreQuery>['restore']>

export const isOpen = ({ status }: { status: string }) => status === 'queued' || status === 'running'

/** Whether anything on the page will change by itself before long. */
export const isMoving = (data: Data | undefined) =>
  nodesOf(data?.backups).some(isOpen) ||
  nodesOf(data?.restores).some(isOpen) ||
  nodesOf(data?.backupTargets).some((one) => nodesOf(one.complete)[0]?.verification === 'queued')

export interface Difference {
  what: 'sop' | 'knowledge'
  difference: 'add' | 'change' | 'return' | 'lacks_site'
  id?: number
  category: string
  topic: string
  question?: string
  before?: string
  after?: string
}

/** As app_private.apply_restore writes it. */
export interface Report {
  sops?: { add?: number; change?: number; return?: number }
  knowledge?: { add?: number; change?: number; lacks_site?: number }
  differences?: Difference[]
  proposals?: number[]
  left?: Difference[]
  backup?: { taken_at?: string }
}
