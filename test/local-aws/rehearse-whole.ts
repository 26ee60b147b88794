import { claims } from './claim.ts'
import { LATEST } from './function-spec.ts'
import type { LocalAccount } from './local-account.ts'
import { loggedValue } from './log-pattern.ts'
import type { Step } from './scene.ts'

/** What must hold of the run as a whole. */
export const soundRun: Step = {
  title: 'the run as a whole',
  async run({ installation: { account } }) {
    const { made, claim } = claims()
    await account.settled()
    const denied = account.denied().map(({ caller, action, resource }) => `${caller}: ${action} on ${resource}`)
    claim('no role lacks a right that its function uses', denied.length === 0, [...new Set(denied)])
    const failed = account.invoked().filter(({ outcome }) => outcome.kind === 'failed')
    claim(
      'no invocation fails for Lambda',
      failed.length === 0,
      failed.map(({ functionName, outcome }) => [functionName, outcome]).slice(0, 5),
    )
    const dead = account.services.queues.all()
    claim('no queue holds what could not be done or delivered', dead.length === 0, dead.slice(0, 3))
    const secrets = [...account.parameters.values()]
    const leaks = account.lines().filter(({ text }) => secrets.some((secret) => text.includes(secret)))
    claim(
      'no log line bears a secret',
      leaks.length === 0 && account.lines().length > 0,
      `${account.lines().length} lines`,
    )
    const published = account.services.functions.names().flatMap((name) => account.services.functions.versions(name))
    const bare = published.filter(({ environment }) =>
      secrets.some((secret) => JSON.stringify(environment).includes(secret)),
    )
    claim('no version keeps one in its environment', bare.length === 0, `${published.length} versions`)
    const memory = account.services.functions.names().map((name) => memoryOf(account, name))
    const tight = memory.filter(({ most, given }) => !(most > 0 && most < 0.8 * given))
    claim('every function has run, and keeps a fifth of its memory free', tight.length === 0, memory)
    return made
  },
}

/** The most that any environment of a function has had resident, and what it is given, in MiB. */
function memoryOf({ lines, services }: LocalAccount, name: string) {
  const reports = lines().filter((line) => line.functionName === name && line.text.includes('platform.report'))
  const most = reports.map(({ text }) => loggedValue('$.record.metrics.maxMemoryUsedMB', text) ?? 0)
  return { name, most: Math.max(0, ...most), given: services.functions.version(name, LATEST).memoryMb }
}
