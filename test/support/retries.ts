/**
 * Tests of real processes, sockets and clocks are tried twice in CI, where a machine that others share may stand still
 * for longer than they wait; the first failure is printed. Tests of races are not: there a failure that comes and goes
 * is what they look for.
 */
import { expect, jest } from '@jest/globals'

const ofClocks = /\/test\/(faults|server|worker|cli)\//
if (process.env.CI && ofClocks.test(expect.getState().testPath ?? ''))
  jest.retryTimes(1, { logErrorsBeforeRetry: true })
