import type { OpenAPIHono } from '@hono/zod-openapi'
import { VERSION } from '../config/version.ts'
import type { ApiEnv } from './api.ts'
import { renderDocsPage } from './docs-page.ts'

const DESCRIPTION =
  'A ledger of bets, a calibrated win probability for each, and honest scores beside the market’s own. ' +
  'Errors are problem documents (RFC 9457). Percentages say so in their name; probabilities are 0 to 1.'

/**
 * Serves the OpenAPI 3.1 document of some apps, as one, at `/openapi.json` and a page that shows it at `/docs`.
 *
 * @param app  where the two paths are mounted
 * @param of   the apps described; `app` itself where it is not given
 */
export function mountDocs(app: OpenAPIHono<ApiEnv>, title: string, of: readonly OpenAPIHono<ApiEnv>[] = [app]): void {
  const document = describe(title, of)
  app.get('/openapi.json', (c) => c.json(document))
  app.get('/docs', (c) => {
    const nonce = crypto.randomUUID()
    c.header(
      'content-security-policy',
      `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'`,
    )
    return c.html(renderDocsPage(document, nonce))
  })
}

function describe(title: string, apps: readonly OpenAPIHono<ApiEnv>[]) {
  const head = {
    openapi: '3.1.0',
    info: {
      title,
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT' },
    },
  }
  const documents = apps.map((app) => app.getOpenAPI31Document(head))
  return {
    ...head,
    paths: Object.assign({}, ...documents.map(({ paths }) => paths)),
    components: { schemas: Object.assign({}, ...documents.map(({ components }) => components?.schemas)) },
  }
}
