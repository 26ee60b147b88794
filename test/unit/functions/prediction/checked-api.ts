import type { OpenAPIHono } from '@hono/zod-openapi'
import { expect } from 'vitest'
import { STYLE } from '../../../../functions/prediction/style.ts'
import type { AccessControl } from '../../../../shared/access/client.ts'
import type { ApiEnv } from '../../../../shared/http/api.ts'
import { createApi } from '../../../../shared/http/api.ts'
import type { ProblemStyle } from '../../../../shared/http/problem.ts'
import type { Clock } from '../../../../shared/kernel/ports.ts'
import type { Answering } from '../../../support/http-answers.ts'
import { memoryLogger } from '../../../support/memory-logger.ts'
import { openAccess } from '../../../support/open-access.ts'
import type { OpenApiChecker } from '../../../support/openapi-checker.ts'
import { createOpenApiChecker } from '../../../support/openapi-checker.ts'
import type { OpenApiDocument } from '../../../support/openapi-document.ts'

/** A group of routes in an app of its own, whose every answer is held against the group's OpenAPI document. */
export interface CheckedApi extends Answering {
  document: OpenApiDocument
  checker: OpenApiChecker
  logger: ReturnType<typeof memoryLogger>
}

/** Mounts a group of routes as the apps do. */
export function checkedApi(
  routes: OpenAPIHono<ApiEnv>,
  options: { clock: Clock; access?: AccessControl; style?: ProblemStyle },
): CheckedApi {
  const { clock, access = openAccess(), style = STYLE } = options
  const logger = memoryLogger()
  const app = createApi({ style, logger, clock, access, rateLimit: 'off' })
  app.route('/', routes)
  const document = documentOf(app)
  const checker = checkerOf(document)
  return {
    ...{ document, checker, logger },
    async request(path, init) {
      const answer = await app.request(path, init)
      const method = init?.method ?? 'GET'
      const operation = checker.operations.find((one) => one.method === method && matches(one.path, path))
      if (operation !== undefined) {
        const headers = Object.fromEntries(answer.headers)
        const text = await answer.clone().text()
        expect([path, checker.complaints(operation, { status: answer.status, headers, text })]).toEqual([path, []])
      }
      return answer
    },
  }
}

/** Compiling a document's schemas takes longer than any test: equal documents share a checker. */
const checkers = new Map<string, OpenApiChecker>()

function checkerOf(document: OpenApiDocument): OpenApiChecker {
  const text = JSON.stringify(document)
  const checker = checkers.get(text) ?? createOpenApiChecker(document)
  checkers.set(text, checker)
  return checker
}

function documentOf(app: OpenAPIHono<ApiEnv>): OpenApiDocument {
  const document = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'test', version: '0' } })
  return JSON.parse(JSON.stringify(document))
}

/** Whether a path is one of a template's, which stand for one part each. */
function matches(template: string, path: string): boolean {
  const parts = template.split('/').map((part) => (part.startsWith('{') ? '[^/]+' : part))
  return new RegExp(`^${parts.join('/')}$`).test(path.split('?')[0] ?? '')
}
