import { claims } from './claim.ts'
import { parquetKeys, parquetRows } from './parquet-objects.ts'
import type { Scene, Step } from './scene.ts'
import { bucketOf } from './scene.ts'

const PREFIX = 'closeline-dev-'

/** Bets that come into the ledger between two runs of the pipeline. */
const NEW_BETS = 4

/** The schedules' functions, from their assets, on what the schedules send. */
export const runSchedules: Step = {
  title: 'run what is scheduled',
  async run(scene) {
    const { made, claim } = claims()
    const objects = scene.installation.objectsIn(bucketOf(scene))
    const before = await betsOf(scene)
    await addBets(scene)
    const { runId, bets } = await fire<{ runId: string; bets: number }>(scene, 'pipeline', claim)
    claim('the lake has every bet of the ledger', bets === before + NEW_BETS, bets)
    const rowsOf = async (folder: string) =>
      parquetRows(objects, await parquetKeys(objects, `lake/runs/${runId}/${folder}`))
    const raw = await rowsOf('raw/')
    claim(
      'the pipeline has written what the ledger said to Parquet, as DuckDB reads it',
      raw >= NEW_BETS,
      `${raw} rows`,
    )
    const keys = await rowsOf('keys/')
    claim('of it the new bets have come into the lake', keys === NEW_BETS, `${keys} rows`)
    await fire(scene, 'features', claim)
    const features = await rowsOf('features/')
    claim('features of them are Parquet too', features > 0, `${features} rows`)
    await fire(scene, 'baseline', claim)
    await fire(scene, 'drift', claim)
    const reports = await parquetKeys(objects, 'lake/drift/')
    const checked = await parquetRows(objects, reports)
    claim('the drift function has written Parquet, as DuckDB reads it', checked > 0, `${checked} rows, ${reports[0]}`)
    await fire(scene, 'flush', claim)
    return made
  },
}

/** Training from its asset, as its schedule asks for it. */
export const trainOnSchedule: Step = {
  title: 'train as scheduled',
  async run(scene) {
    const { made, claim } = claims()
    await fire(scene, 'training', claim)
    const told = scene.installation.account.services.buses.sent().map(({ event }) => event)
    const finished = told.find((event) => event['detail-type'] === 'RetrainingFinished')
    claim('the bus is told how it ended', finished !== undefined, finished?.detail ?? 'nothing')
    return made
  },
}

/** Fires a schedule and gives what its function answered. */
async function fire<T>(scene: Scene, name: string, claim: ReturnType<typeof claims>['claim']): Promise<Partial<T>> {
  const { outcome } = await scene.installation.account.services.schedules.fire(`${PREFIX}${name}`)
  const isDone = outcome.kind === 'answered'
  claim(`the schedule ${name} is accepted and done`, isDone, isDone ? outcome.payload.slice(0, 200) : outcome)
  return isDone ? (JSON.parse(outcome.payload) as T) : {}
}

async function betsOf({ installation: { ledger } }: Scene): Promise<number> {
  const { count, error } = await ledger.from('bets').select('id', { count: 'exact', head: true })
  if (error !== null || count === null) throw new Error(error?.message ?? 'the ledger does not tell its size')
  return count
}

/** Bets that were placed since the last run: copies of others under ids of their own. */
async function addBets({ installation: { ledger } }: Scene): Promise<void> {
  const { data, error } = await ledger.from('bets').select('*').order('id').limit(NEW_BETS)
  if (error !== null) throw new Error(error.message)
  const copies = (data as Record<string, unknown>[]).map((row, i) => ({ ...row, id: `rehearsal-${i}` }))
  const { error: refused } = await ledger.from('bets').insert(copies)
  if (refused !== null) throw new Error(refused.message)
}
