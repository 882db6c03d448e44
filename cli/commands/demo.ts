import type { Command } from 'commander'
export default (_program: Command) => {}
