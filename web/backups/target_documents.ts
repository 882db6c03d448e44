/** What the form of a target asks and tells the server. */
import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const saveTargetMutation = graphql(`
  mutation SaveBackupTarget($input: SaveBackupTargetInput!) {
    saveBackupTarget(input: $input) { result { id name enabled } }
  }
`)
export const removeTargetMutation = graphql(`
  mutation RemoveBackupTarget($input: RemoveBackupTargetInput!) {
    removeBackupTarget(input: $input) { result { id name } }
  }
`)
export const testTargetMutation = graphql(`
  mutation TestBackupTarget($input: TestBackupTargetInput!) {
    testBackupTarget(input: $input) { result { id } }
  }
`)
export const targetTestQuery = graphql(`
  query BackupTargetTestById($id: Int!) {
    backupTargetTest(id: $id) { id status step problem error hint }
  }
`)
export type TargetTest = NonNullable<ResultOf<typeof targetTestQuery>['backupTargetTest']>
