/** How a process that stays is asked to end. */

/** Settles at the first SIGINT or SIGTERM; a second ends the process as it is, which loses nothing acknowledged. */
export function firstSignal(say: (text: string) => void): Promise<null> {
  return new Promise((resolve) => {
    let asked = 0
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        // One Ctrl-C comes twice where npm stands between: from the terminal, and passed on.
        if (asked && performance.now() - asked > 1000) {
          say('Stopped by force.')
          process.exit(1)
        }
        asked ||= performance.now()
        resolve(null)
      })
  })
}
