import { describe, expect, it } from 'vitest'
import { BET_FORMATS, describeUnknownHeader, recogniseFormat } from '../../../../shared/bets/formats/recognise.ts'
import { columnsOf, HEADERS } from '../../../support/source-rows.ts'

describe('recogniseFormat', () => {
  it.each([
    ['closelineLedger', 'Closeline ledger'],
    ['pikkit15', 'Pikkit export'],
    ['pikkit17', 'Pikkit export'],
    ['pikkit17Interleaved', 'Pikkit export'],
    ['juiceReel', 'Juice Reel export'],
  ] as const)('knows the header %s, in any order and with columns added', (header, name) => {
    const columns = columnsOf(HEADERS[header])
    expect(recogniseFormat(columns)?.name).toBe(name)
    expect(recogniseFormat([...columns.toReversed(), 'note'])?.name).toBe(name)
  })

  it('takes each header for one layout only', () => {
    for (const header of Object.values(HEADERS)) {
      expect(BET_FORMATS.filter((format) => format.recognises(columnsOf(header)))).toHaveLength(1)
    }
  })

  it('knows no other header, and says what each layout would need', () => {
    const columns = ['date', 'team', 'status']
    expect(recogniseFormat(columns)).toBeUndefined()
    const text = describeUnknownHeader(columns)
    for (const { name } of BET_FORMATS) expect(text).toContain(name)
    expect(text).toContain('date, team, status')
    expect(text).toContain('(missing: id, time_placed, american_odds)')
  })
})
