import { describe, expect, it } from 'vitest'
import { inertApps } from '../../../bin/describe-product.ts'
import { createApi } from '../../../shared/http/api.ts'
import { secured } from '../../../shared/http/authentication.ts'
import { mountDocs } from '../../../shared/http/docs.ts'
import { openApiOf } from '../../support/http-answers.ts'
import { memoryLogger } from '../../support/memory-logger.ts'

const clock = () => 0
const logger = memoryLogger()

/** Both apps, described together as the product on one machine describes them. */
function describedApps(title = 'Closeline API') {
  const front = createApi({ style: { invalidStatus: 422, withEnvelope: false }, logger, clock })
  mountDocs(front, title, inertApps())
  return front
}

describe('the OpenAPI document', () => {
  it('describes several apps as one', async () => {
    const document = await openApiOf(describedApps())
    const paths = ['/api/score-bet', '/api/v1/predict', '/health', '/live', '/ready']
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(paths))
    const schemas = Object.keys(document.components.schemas)
    expect(schemas).toEqual(expect.arrayContaining(['Problem', 'Score', 'Prediction', 'PredictRequest']))
  })

  it('refers to nothing that it does not hold', async () => {
    const document = await openApiOf(describedApps())
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)]
    expect(references.length).toBeGreaterThan(5)
    expect(references.filter(([, name]) => !((name ?? '') in document.components.schemas))).toEqual([])
  })
})

describe('the documentation page', () => {
  const page = async () => {
    const response = await describedApps().request('/docs')
    return { response, text: await response.text() }
  }

  it('shows every path with its method', async () => {
    const { text } = await page()
    const document = await openApiOf(describedApps())
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const method of Object.keys(operations)) {
        expect(text).toContain(`data-method="${method}" data-path="${path}"`)
      }
    }
  })

  it('runs only what carries the nonce of its policy, and loads nothing from elsewhere', async () => {
    const { response, text } = await page()
    const policy = response.headers.get('content-security-policy') ?? ''
    const nonce = /script-src 'nonce-([\w-]+)'/.exec(policy)?.[1]
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`style-src 'nonce-${nonce}'`)
    expect(policy).not.toContain('unsafe')
    const tags = text.match(/<(script|style)[^>]*>/g) ?? []
    expect(tags).toEqual([`<style nonce="${nonce}">`, `<script nonce="${nonce}">`])
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//)
    expect(text).not.toMatch(/ (style|on\w+)="/)
  })

  it('has a field for a key, which stays in the tab', async () => {
    const { text } = await page()
    expect(text).toContain('<input id="api-key" type="password" autocomplete="off"')
    expect(text).toContain('sessionStorage')
    expect(text).not.toContain('localStorage')
    expect(text).toContain("request.headers['x-api-key']")
  })

  it('says which scope an operation needs, and which needs none', async () => {
    const { createRoute } = await import('@hono/zod-openapi')
    const app = createApi({ style: { invalidStatus: 422, withEnvelope: false }, logger, clock })
    const responses = { 200: { description: 'It.' } }
    app.openapi(createRoute({ method: 'get', path: '/a', ...secured('admin'), responses }), (c) => c.body(null))
    app.openapi(createRoute({ method: 'get', path: '/b', responses }), (c) => c.body(null))
    mountDocs(app, 'API')
    const text = await (await app.request('/docs')).text()
    expect(text).toMatch(/<code>\/a<\/code>.*<i class="scope">admin<\/i>/)
    expect(text).toMatch(/<code>\/b<\/code>.*<i class="scope open">open<\/i>/)
  })

  it('shows an example of a body and of each answer', async () => {
    const { text } = await page()
    expect(text).toContain('&quot;institution_name&quot;: &quot;')
    expect(text).toContain('<pre class="example"')
    expect(text).toContain('urn:closeline:problem:unavailable')
  })

  it('has another nonce each time', async () => {
    const nonces = await Promise.all(
      [page(), page()].map(async (shown) => /nonce="([^"]+)"/.exec((await shown).text)?.[1]),
    )
    expect(new Set(nonces).size).toBe(2)
  })

  it('escapes what it shows', async () => {
    const text = await (await describedApps('<b>"Title"</b>').request('/docs')).text()
    expect(text).not.toContain('<b>"Title"')
    expect(text).toContain('&lt;b&gt;')
  })

  it('names its language and labels its fields', async () => {
    const { text } = await page()
    expect(text).toContain('<html lang="en">')
    const inputs = text.match(/<(input|select|textarea)/g) ?? []
    const labels = text.match(/<label>|<textarea[^>]* aria-label=/g) ?? []
    expect(inputs.length).toBeGreaterThan(5)
    expect(labels).toHaveLength(inputs.length)
  })
})
