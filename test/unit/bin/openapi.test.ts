import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { describeProduct } from '../../../bin/describe-product.ts'

const FILE = new URL('../../../docs/openapi.json', import.meta.url)

describe('docs/openapi.json', () => {
  it('is what the code describes; npm run openapi writes it anew', async () => {
    expect(JSON.parse(await readFile(FILE, 'utf8'))).toEqual(JSON.parse(JSON.stringify(describeProduct())))
  })

  it('describes the paths of both apps', () => {
    const paths = Object.keys(describeProduct().paths)
    expect(paths).toEqual(expect.arrayContaining(['/api/score-bet', '/api/v1/predict', '/health', '/live', '/ready']))
  })
})
