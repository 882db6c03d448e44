/**
 * jest's environment in Node, which keeps the embedded database compiled: V8 shares the code of a WebAssembly module with
 * every later compilation in the process while one is held, so each test's database starts without compiling and runs warm.
 */
import { readFileSync } from 'node:fs'
import { TestEnvironment } from 'jest-environment-node'

export const held = process.env.DATABASE_URL
  ? null
  : new WebAssembly.Module(readFileSync(new URL('pglite.wasm', import.meta.resolve('@electric-sql/pglite'))))

export default TestEnvironment
