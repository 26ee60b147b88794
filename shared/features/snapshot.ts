import * as z from 'zod'
import type { GroupName } from './groups.ts'
import { GROUP_NAMES } from './groups.ts'
import type { History } from './history.ts'
import { createHistory } from './history.ts'
import type { Tally } from './tally.ts'

const tallyRow = z.tuple([z.string(), z.int().min(0), z.number(), z.number(), z.number().min(0)])

/** A {@link History} as it is stored between training and serving. */
export const snapshotSchema = z.object({
  format: z.literal('closeline-features/1'),
  /** Identity of the ledger that it was made from. */
  ledgerSha256: z.string().length(64),
  featuresHash: z.string().length(64),
  /** Whether the history is a bettor's own or simulated. */
  origin: z.enum(['own', 'demo']),
  /** Per group: [key, count, residualSum, formSum, formWeight] of every tally. */
  groups: z.record(z.enum(GROUP_NAMES), z.array(tallyRow)),
})

export type FeatureSnapshot = z.infer<typeof snapshotSchema>

export function toSnapshot(
  history: History,
  identity: Pick<FeatureSnapshot, 'ledgerSha256' | 'featuresHash' | 'origin'>,
): FeatureSnapshot {
  const groups = Object.fromEntries(
    GROUP_NAMES.map((name) => [
      name,
      Array.from(history.entries(name), ([key, t]) => [key, t.count, t.residualSum, t.formSum, t.formWeight]),
    ]),
  )
  return { format: 'closeline-features/1', ...identity, groups: groups as FeatureSnapshot['groups'] }
}

export function fromSnapshot(snapshot: FeatureSnapshot): History {
  return createHistory(
    GROUP_NAMES.map((name): [GroupName, [string, Tally][]] => [
      name,
      snapshot.groups[name].map(([key, count, residualSum, formSum, formWeight]) => [
        key,
        { count, residualSum, formSum, formWeight },
      ]),
    ]),
  )
}
