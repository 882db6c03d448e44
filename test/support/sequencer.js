/** The order in which jest takes the files: those first that take long for their size, so that no worker is left alone with one. */
import Sequencer from '@jest/test-sequencer'

const long = ['docs/commands', 'faults/migration', 'redteam/ask', 'faults/jobs', 'cli/audit']
const place = ({ path }) =>
  long.findIndex((name) => path.endsWith(`/test/${name}.test.ts`)) + 1 || long.length + 1

export default class LongFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => place(one) - place(other))
  }
}
