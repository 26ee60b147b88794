import { html, raw } from 'hono/html'
import { DOCS_SCRIPT, DOCS_STYLE } from './docs-assets.ts'
import type { Schema, Schemas } from './schema-example.ts'
import { exampleOf, resolveSchema, typeOf } from './schema-example.ts'

/** The parts of an OpenAPI 3.1 document that the page shows. */
interface ShownDocument {
  info: { title: string; version: string; description?: string }
  tags?: { name: string; description?: string }[]
  paths?: Record<string, object>
  components?: { schemas?: Schemas } | undefined
}

interface Parameter {
  name: string
  in?: string
  required?: boolean
  description?: string
  example?: unknown
  schema?: Schema
}

interface Content {
  schema?: Schema
  example?: unknown
}

interface Operation {
  summary?: string
  description?: string
  tags?: string[]
  security?: Record<string, string[]>[]
  deprecated?: boolean
  parameters?: Parameter[]
  requestBody?: { content: Record<string, Content> }
  responses?: Record<string, { description: string; content?: Record<string, Content> }>
}

interface Entry {
  path: string
  method: string
  operation: Operation
}

type Markup = ReturnType<typeof html>

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
const UNTAGGED = 'Other'

/**
 * An OpenAPI document as one page that needs nothing from elsewhere: every operation with the scope that it needs, its
 * parameters, its answers with examples, and a form that sends a real request.
 *
 * @param nonce  for the page's style and script under its content security policy
 */
export function renderDocsPage(document: ShownDocument, nonce: string): Markup {
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
<p class="key"><label>API key <input id="api-key" type="password" autocomplete="off" spellcheck="false" placeholder="cl_live_…"></label>
<small>Sent as <code>x-api-key</code> with the requests below. Kept by this tab only, and forgotten when it is closed.</small></p>
</header>
<main>
${sectionsOf(document)}
</main>
<script nonce="${nonce}">${raw(DOCS_SCRIPT)}</script>
</body>
</html>`
}

function sectionsOf(document: ShownDocument): Markup[] {
  const entries = entriesOf(document)
  const told = (document.tags ?? []).map(({ name }) => name)
  const tags = [...new Set([...told, ...entries.map(tagOf)])]
  return tags.map((tag) => {
    const description = document.tags?.find(({ name }) => name === tag)?.description
    const shown = entries.filter((entry) => tagOf(entry) === tag)
    return html`<section><h2>${tag}</h2>${description === undefined ? '' : html`<p class="about">${prose(description)}</p>`}
${shown.map((entry) => renderOperation(document.components?.schemas, entry))}</section>`
  })
}

function entriesOf({ paths = {} }: ShownDocument): Entry[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const operation = (methods as Partial<Record<string, Operation>>)[method]
      return operation === undefined ? [] : [{ path, method, operation }]
    }),
  )
}

function tagOf({ operation }: Entry): string {
  return operation.tags?.[0] ?? UNTAGGED
}

function renderOperation(schemas: Schemas, { path, method, operation }: Entry): Markup {
  return html`<details class="operation">
<summary><b class="method ${method}">${method.toUpperCase()}</b> <code>${path}</code> <span>${operation.summary ?? ''}</span>${renderScope(operation)}</summary>
<p>${prose(operation.description)}</p>
<form data-method="${method}" data-path="${path}">
${operation.parameters?.length ? renderParameters(schemas, operation.parameters) : ''}
${renderBody(schemas, operation)}
<button type="submit">Send</button>
<pre class="answer" hidden tabindex="0" aria-live="polite"></pre>
</form>
<h4>Answers</h4>
${Object.entries(operation.responses ?? {}).map(([status, response]) => {
  const content = Object.values(response.content ?? {})[0]
  return html`<details class="response"><summary><b class="status s${status.charAt(0)}">${status}</b> ${prose(response.description)}</summary>
${content === undefined ? '' : renderContent(schemas, content)}</details>`
})}
</details>`
}

/** The scope that a key needs; `open` where none is asked for. */
function renderScope({ security, deprecated }: Operation): Markup {
  const scopes = security?.flatMap((requirement) => requirement.apiKey ?? []) ?? []
  const needed =
    scopes.length === 0
      ? html`<i class="scope open">open</i>`
      : scopes.map((scope) => html`<i class="scope">${scope}</i>`)
  return html`${deprecated ? html`<i class="scope old">old</i>` : ''}${needed}`
}

function renderParameters(schemas: Schemas, parameters: readonly Parameter[]): Markup {
  return html`<h4>Parameters</h4><table><tbody>${parameters.map(
    (parameter) => html`<tr>
<th scope="row"><label>${parameter.name}${parameter.required ? html`<i title="required">*</i>` : ''}
${renderInput(parameter)}</label></th>
<td><em>${typeOf(schemas, parameter.schema)}</em> ${prose(parameter.description ?? parameter.schema?.description)}</td></tr>`,
  )}</tbody></table>`
}

function renderInput({ name, in: where = 'query', required = false, example, schema }: Parameter): Markup {
  if (schema?.enum !== undefined) {
    return html`<select name="${name}" data-in="${where}"><option></option>${schema.enum.map((value) => html`<option>${String(value)}</option>`)}</select>`
  }
  const shown = example ?? schema?.example
  const hint = String(schema?.default ?? shown ?? '')
  return html`<input name="${name}" data-in="${where}" value="${required ? String(shown ?? '') : ''}" placeholder="${hint}">`
}

function renderBody(schemas: Schemas, { requestBody }: Operation): Markup | string {
  const content = requestBody?.content['application/json']
  if (content?.schema === undefined) return ''
  return html`<h4>Body</h4>${renderFields(schemas, content.schema)}
<textarea name="body" rows="10" aria-label="Request body" spellcheck="false">${jsonText(content.example ?? exampleOf(schemas, content.schema))}</textarea>`
}

function renderContent(schemas: Schemas, { schema, example }: Content): Markup {
  const shown = example ?? (schema === undefined ? undefined : exampleOf(schemas, schema))
  return html`${schema === undefined ? '' : renderFields(schemas, schema)}${
    shown === undefined ? '' : html`<pre class="example" tabindex="0" aria-label="Example">${jsonText(shown)}</pre>`
  }`
}

/** Text in which what stands between backticks is code. */
function prose(text: string | undefined): (string | Markup)[] {
  return (text ?? '').split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))
}

function renderFields(schemas: Schemas, schema: Schema, depth = 0): Markup | string {
  const { properties, required, items } = resolveSchema(schemas, schema)
  if (properties === undefined) return items === undefined || depth > DEEPEST ? '' : renderFields(schemas, items, depth)
  return html`<table><tbody>${Object.entries(properties).map(([name, field]) => {
    const resolved = resolveSchema(schemas, field)
    return html`<tr><th scope="row"><code>${name}</code>${required?.includes(name) ? html`<i title="always there">*</i>` : ''}</th>
<td><em>${typeOf(schemas, resolved)}</em> ${prose(resolved.description)}${depth < DEEPEST ? renderFields(schemas, resolved, depth + 1) : ''}</td></tr>`
  })}</tbody></table>`
}

const DEEPEST = 4

function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? ''
}
