import { describe, expect, it } from 'vitest'
import { exampleOf, resolveSchema, typeOf } from '../../../shared/http/schema-example.ts'

const SCHEMAS = {
  Bet: { type: 'object', required: ['odds'], properties: { odds: { type: 'integer', example: -110 } } },
  Node: { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' } } },
}
const BET = { $ref: '#/components/schemas/Bet' }

describe('an example', () => {
  it.each([
    [{ type: 'string', example: 'given' }, 'given'],
    [{ type: 'integer', default: 0 }, 0],
    [{ const: false }, false],
    [{ enum: ['a', 'b'] }, 'a'],
    [BET, { odds: -110 }],
    [{ type: 'array', items: BET }, [{ odds: -110 }]],
    [{ anyOf: [BET, { type: 'null' }] }, { odds: -110 }],
    [{ allOf: [BET], description: 'more' }, { odds: -110 }],
    [{ type: 'object', properties: { bets: { type: 'array', items: BET } } }, { bets: [{ odds: -110 }] }],
    [{ type: 'string' }, undefined],
    [{ $ref: '#/components/schemas/Nowhere' }, undefined],
  ])('of %j is %j', (schema, example) => {
    expect(exampleOf(SCHEMAS, schema)).toEqual(example)
  })

  it('of a schema that refers to itself has an end', () => {
    expect(JSON.stringify(exampleOf(SCHEMAS, { $ref: '#/components/schemas/Node' })).length).toBeLessThan(200)
  })
})

describe('the words for a schema', () => {
  it.each([
    [{ enum: ['A', 'B'] }, 'A | B'],
    [{ type: ['number', 'null'] }, 'number | null'],
    [{ type: 'array', items: BET }, 'array of object'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    [{}, 'any'],
    [undefined, 'any'],
  ])('%j are %s', (schema, words) => {
    expect(typeOf(SCHEMAS, schema)).toBe(words)
  })

  it('are kept where they stand beside a reference', () => {
    expect(resolveSchema(SCHEMAS, { ...BET, description: 'This bet.' })).toMatchObject({
      ...{ description: 'This bet.', required: ['odds'], properties: { odds: { example: -110 } } },
    })
  })
})
