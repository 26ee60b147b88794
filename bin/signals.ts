/** One Ctrl-C may arrive twice, from the terminal and from npm; only a later one means "at once". */
const SAME_SIGNAL_MS = 1000

/** Resolves at the first Ctrl-C or termination; one more, a second later, ends the process at once. */
export function stopOnSignal(): Promise<'stop'> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    const onSignal = () => {
      firstAt ??= performance.now()
      if (performance.now() - firstAt > SAME_SIGNAL_MS) process.exit(130)
      resolve('stop')
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
}
