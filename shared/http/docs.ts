import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './api-env.ts'
import type { ApiDocument } from './describe-apis.ts'
import { describeApis } from './describe-apis.ts'
import { renderDocsPage } from './docs-page.ts'

export { describeApis } from './describe-apis.ts'

/** Stands in the page where each answer has a nonce of its own. */
const NONCE = '@nonce@'

/**
 * Serves the OpenAPI 3.1 document of some apps, as one, at `/openapi.json` and a page that shows it at `/docs`.
 *
 * Both are made when first asked for and kept: routes that are added after the docs are mounted are in them too.
 *
 * @param app  where the two paths are mounted
 * @param of   the apps described; `app` itself where it is not given
 */
export function mountDocs(app: OpenAPIHono<ApiEnv>, title: string, of: readonly OpenAPIHono<ApiEnv>[] = [app]): void {
  let kept: { json: string; page: string } | undefined
  const made = () => {
    if (kept === undefined) {
      const document = describeApis(of, title)
      kept = { json: JSON.stringify(document), page: pageOf(document) }
    }
    return kept
  }
  app.get('/openapi.json', (c) => c.body(made().json, 200, { 'content-type': 'application/json' }))
  app.get('/docs', (c) => {
    const nonce = crypto.randomUUID()
    c.header(
      'content-security-policy',
      `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    return c.body(made().page.replaceAll(NONCE, nonce), 200, { 'content-type': 'text/html; charset=UTF-8' })
  })
}

function pageOf(document: ApiDocument): string {
  return String(renderDocsPage(document, NONCE))
}
