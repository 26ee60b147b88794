import { html, raw } from 'hono/html'
import { DOCS_SCRIPT, DOCS_STYLE } from './docs-assets.ts'

/** The parts of an OpenAPI 3.1 document that the page shows. */
interface ApiDocument {
  info: { title: string; version: string; description?: string | undefined }
  paths?: Record<string, object> | undefined
  components?: { schemas?: Record<string, unknown> | undefined } | undefined
}

interface Operation {
  summary?: string
  description?: string
  tags?: string[]
  parameters?: { name: string; required?: boolean; description?: string; schema?: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses?: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>
}

interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  example?: unknown
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
}

type Markup = ReturnType<typeof html>

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/**
 * An OpenAPI document as one page that needs nothing from elsewhere: every operation with its parameters, answers and a
 * form that sends a real request.
 *
 * @param nonce  for the page's style and script under its content security policy
 */
export function renderDocsPage(document: ApiDocument, nonce: string): Markup {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const operation = (methods as Partial<Record<string, Operation>>)[method]
      return operation === undefined ? [] : [{ path, method, operation }]
    }),
  )
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? 'Other'))]
  const { info } = document
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title}</title>
<style nonce="${nonce}">${raw(DOCS_STYLE)}</style>
</head>
<body>
<header>
<h1>${info.title} <small>${info.version}</small></h1>
<p>${prose(info.description)}</p>
<p><a href="/openapi.json">OpenAPI 3.1 document</a></p>
</header>
<main>
${tags.map(
  (tag) =>
    html`<section><h2>${tag}</h2>${operations
      .filter(({ operation }) => (operation.tags?.[0] ?? 'Other') === tag)
      .map((entry) => renderOperation(document, entry))}</section>`,
)}
</main>
<script nonce="${nonce}">${raw(DOCS_SCRIPT)}</script>
</body>
</html>`
}

function renderOperation(
  document: ApiDocument,
  { path, method, operation }: { path: string; method: string; operation: Operation },
): Markup {
  const bodySchema = operation.requestBody?.content['application/json']?.schema
  return html`<details class="operation">
<summary><b class="method ${method}">${method.toUpperCase()}</b> <code>${path}</code> <span>${operation.summary ?? ''}</span></summary>
<p>${prose(operation.description)}</p>
<form data-method="${method}" data-path="${path}">
${operation.parameters?.length ? renderParameters(operation.parameters) : ''}
${
  bodySchema === undefined
    ? ''
    : html`<h4>Body</h4>${renderFields(document, bodySchema)}
<textarea name="body" rows="10" aria-label="Request body" spellcheck="false">${exampleText(document, bodySchema)}</textarea>`
}
<button type="submit">Send</button>
<pre class="answer" hidden aria-live="polite"></pre>
</form>
<h4>Answers</h4>
${Object.entries(operation.responses ?? {}).map(([status, response]) => {
  const schema = Object.values(response.content ?? {})[0]?.schema
  return html`<details class="response"><summary><b class="status s${status.charAt(0)}">${status}</b> ${prose(response.description)}</summary>
${schema === undefined ? '' : renderFields(document, schema)}</details>`
})}
</details>`
}

function renderParameters(parameters: NonNullable<Operation['parameters']>): Markup {
  return html`<h4>Parameters</h4><table><tbody>${parameters.map(
    ({ name, required, schema, description }) => html`<tr>
<th scope="row"><label>${name}${required ? html`<i title="required">*</i>` : ''}
${renderInput(name, required ?? false, schema)}</label></th>
<td><em>${typeOf(schema)}</em> ${prose(description ?? schema?.description)}</td></tr>`,
  )}</tbody></table>`
}

function renderInput(name: string, required: boolean, schema: Schema | undefined): Markup {
  if (schema?.enum !== undefined) {
    return html`<select name="${name}"><option></option>${schema.enum.map((value) => html`<option>${String(value)}</option>`)}</select>`
  }
  const hint = String(schema?.default ?? schema?.example ?? '')
  return html`<input name="${name}" value="${required ? String(schema?.example ?? '') : ''}" placeholder="${hint}">`
}

/** Text in which what stands between backticks is code. */
function prose(text: string | undefined): (string | Markup)[] {
  return (text ?? '').split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))
}

function renderFields(document: ApiDocument, schema: Schema): Markup {
  const { properties, required } = resolve(document, schema)
  return html`<table><tbody>${Object.entries(properties ?? {}).map(([name, field]) => {
    const resolved = resolve(document, field)
    return html`<tr><th scope="row"><code>${name}</code>${required?.includes(name) ? html`<i title="always there">*</i>` : ''}</th>
<td><em>${typeOf(resolved)}</em> ${prose(resolved.description)}${resolved.properties ? renderFields(document, resolved) : ''}</td></tr>`
  })}</tbody></table>`
}

function typeOf(schema: Schema | undefined): string {
  if (schema?.enum !== undefined) return schema.enum.map(String).join(' | ')
  if (schema?.const !== undefined) return String(schema.const)
  return [schema?.type ?? 'any'].flat().join(' | ')
}

function resolve(document: ApiDocument, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema
  return (document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''] ?? {}) as Schema
}

/** A body made of every field's example, or its default. */
function exampleText(document: ApiDocument, schema: Schema): string {
  const fields = Object.entries(resolve(document, schema).properties ?? {})
  return JSON.stringify(
    Object.fromEntries(fields.map(([name, field]) => [name, field.example ?? field.default])),
    null,
    2,
  )
}
