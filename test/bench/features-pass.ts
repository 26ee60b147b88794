/** One timed pass over a folder of months, in a process of its own: `features-pass.ts features|state FOLDER`. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bet } from '../../shared/bets/bet.ts'
import { byPlacement } from '../../shared/bets/bet.ts'
import { advance } from '../../shared/features/advance.ts'
import { featureSet } from '../../shared/features/feature-set.ts'
import { FEATURE_NAMES, layerHash } from '../../shared/features/registry.ts'
import { encodeSnapshot } from '../../shared/features/snapshot.ts'
import { createFeatureState } from '../../shared/features/state.ts'

/** What a pass took. */
export interface Pass {
  bets: number
  seconds: number
  processorSeconds: number
  peakBytes: number
  stateBytes: number
}

const [what = 'features', folder = '.'] = process.argv.slice(2)
process.stdout.write(JSON.stringify(await timePass(folder, what === 'features')))

async function timePass(months: string, withFeatures: boolean): Promise<Pass> {
  const state = createFeatureState()
  const set = withFeatures ? featureSet(FEATURE_NAMES) : undefined
  const pass = { bets: 0, seconds: 0, processorSeconds: 0 }
  let columns: Float32Array[] = []
  for (const file of readdirSync(months).sort()) {
    const lines = readFileSync(join(months, file), 'utf8').trimEnd().split('\n')
    const bets = lines.map((line) => JSON.parse(line) as Bet).sort(byPlacement)
    const [begin, used] = [performance.now(), process.cpuUsage()]
    // Nobody reads the columns of the month before any more.
    columns = advance(state, bets, set, columns)
    const { user, system } = process.cpuUsage(used)
    pass.seconds += (performance.now() - begin) / 1000
    pass.processorSeconds += (user + system) / 1e6
    pass.bets += bets.length
  }
  const { length: stateBytes } = await encodeSnapshot({ layerHash: await layerHash(), state })
  return { ...pass, peakBytes: process.resourceUsage().maxRSS * 1024, stateBytes }
}
