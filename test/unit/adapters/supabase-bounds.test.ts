import { describe, expect, it } from 'vitest'
import type { Bound } from '../../../shared/adapters/supabase-bounds.ts'
import { narrow, queriesFor } from '../../../shared/adapters/supabase-bounds.ts'

/** A query that notes what narrows it, as it would stand in the URL. */
class Query {
  readonly filters: string[] = []

  or(filters: string): this {
    this.filters.push(`or=(${filters})`)
    return this
  }

  filter(column: string, operator: string, value: string): this {
    this.filters.push(`${column}=${operator}.${value}`)
    return this
  }
}

describe('narrow', () => {
  it('puts values in quotes, all bounds in one filter', () => {
    const bounds: Bound[] = [
      ['id', 'gt', ' null,1.50 '],
      ['sport', 'eq', 'Ice Hockey'],
    ]
    expect(narrow(new Query(), bounds).filters).toEqual(['or=(and(id.gt." null,1.50 ",sport.eq."Ice Hockey"))'])
  })

  it.each(['a"b', 'a\\b', 'a)', '(a'])('leaves %j without quotes, which would need escapes', (id) => {
    const bounds: Bound[] = [
      ['id', 'gt', id],
      ['sport', 'eq', 'Golf'],
    ]
    expect(narrow(new Query(), bounds).filters).toEqual(['or=(and(sport.eq."Golf"))', `id=gt.${id}`])
  })

  it('leaves a query as it is where there are no bounds', () => {
    expect(narrow(new Query(), []).filters).toEqual([])
  })
})

describe('queriesFor', () => {
  const always: Bound[] = [['at', 'gte', 't']]
  const stretches = (id: string): Bound[][] => [
    [
      ['at', 'eq', 't'],
      ['id', 'gt', id],
    ],
    [['at', 'gt', 't']],
  ]
  const filtersOf = (bounds: Parameters<typeof queriesFor>[0]) =>
    queriesFor(bounds).map((narrowed) => narrowed(new Query()).filters)

  it('asks once for all stretches, in the form of a filter that PostgREST reads', () => {
    expect(filtersOf({ always, stretches: stretches('x') })).toEqual([
      ['or=(and(at.gte."t",or(and(at.eq."t",id.gt."x"),and(at.gt."t"))))'],
    ])
  })

  it('asks for one stretch after the other where a value takes no quotes', () => {
    expect(filtersOf({ always, stretches: stretches('"') })).toEqual([
      ['or=(and(at.gte."t",at.eq."t"))', 'id=gt."'],
      ['or=(and(at.gte."t",at.gt."t"))'],
    ])
  })

  it('asks once where there is one stretch or none', () => {
    expect(filtersOf({ always, stretches: [] })).toEqual([['or=(and(at.gte."t"))']])
    expect(filtersOf({ always: [], stretches: [[]] })).toEqual([[]])
  })
})
