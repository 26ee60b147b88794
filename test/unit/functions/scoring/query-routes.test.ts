import { describe, expect, it } from 'vitest'
import { queryRoutes } from '../../../../functions/scoring/query-routes.ts'
import { STYLE } from '../../../../functions/scoring/style.ts'
import { problemOf } from '../../../support/http-answers.ts'
import { checkedApi } from '../prediction/checked-api.ts'

const PATH = '/api/supabase/query'

describe('the database proxy of old', () => {
  const access = { check: () => ({ refusal: 'missing' as const }) }
  const api = checkedApi(queryRoutes(), { clock: () => 0, access, style: STYLE })

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'answers %s with 410 and the reason',
    async (method) => {
      const answer = await api.request(PATH, { method })
      expect(answer.status).toBe(410)
      const problem = await problemOf(answer)
      expect(problem).toMatchObject({ type: 'urn:closeline:problem:gone', success: false })
      expect(problem.detail).toContain('GET /api/bets')
      expect(problem.error).toBe(problem.detail)
    },
  )

  it.each(['?table=bets&select=*&limit=1000', '?table=users;drop', '?filter=id=eq.1%0d%0aX-Evil: 1'])(
    'never shows what was asked of it: %s',
    async (query) => {
      const answer = await api.request(`${PATH}${query}`)
      expect(answer.status).toBe(410)
      expect(answer.headers.get('x-evil')).toBeNull()
      expect(JSON.stringify(await problemOf(answer))).not.toMatch(/users|eq\.1|limit=1000/)
    },
  )

  it('is documented as deprecated', () => {
    const operation = api.document.paths[PATH]?.get
    expect(operation).toMatchObject({ deprecated: true })
    expect(Object.keys(operation?.responses ?? {})).toEqual(['410', '429', '500'])
  })
})
