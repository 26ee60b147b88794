import type { Member } from '../blend/blend.ts'
import type { LearningRows } from './dataset.ts'
import { fitMarket } from './market.ts'
import { fitRecord, recordMember } from './record-member.ts'

/** What all other members build on. */
export interface BaseMember {
  name: typeof MARKET_MEMBER | 'record'
  member: Member
}

/** Name of the member that needs no proof. */
export const MARKET_MEMBER = 'market'

/** The recalibrated market, shifted by the bettor's record by sport and market where that shows that these differ. */
export function fitBase(rows: LearningRows): BaseMember {
  const market = fitMarket(rows)
  const record = fitRecord(rows, market)
  if (record === undefined) return { name: MARKET_MEMBER, member: { kind: 'column', score: market } }
  return { name: 'record', member: recordMember(record) }
}
