import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import { invariant } from '../../shared/kernel/errors.ts'
import { FEATURES_STYLE } from './features-style.ts'
import type { Markup } from './quality-charts.ts'

/** Hides the rows that lack one of the words typed, and the parts that no row is left of. Without it, all is shown. */
const SEARCH_SCRIPT = `
const box = document.querySelector('.search')
const input = box.querySelector('input')
const rows = [...document.querySelectorAll('tr[id]')]
const texts = rows.map((row) => row.textContent.toLowerCase())
box.hidden = false
input.addEventListener('input', () => {
  const words = input.value.toLowerCase().split(/\\s+/).filter((word) => word !== '')
  let found = 0
  rows.forEach((row, i) => {
    row.hidden = !words.every((word) => texts[i].includes(word))
    if (!row.hidden) found += 1
  })
  for (const part of document.querySelectorAll('[data-part]')) {
    part.hidden = words.length > 0 && part.querySelector('tr[id]:not([hidden])') === null
  }
  box.querySelector('output').textContent = words.length > 0 ? found + ' of ' + rows.length : ''
})
`

/** What a feature page is made of. */
export interface PageParts {
  title: string
  header: Markup
  /** Headings by the ids of their sections. */
  contents: readonly { id: string; title: string }[]
  main: Markup
}

/**
 * A page that needs nothing from elsewhere, and by its own content security policy can fetch nothing: only the style and
 * the script written here count. Parts marked `data-part` are searched by their rows with an id.
 */
export function renderShell({ title, header, contents, main }: PageParts): string {
  const policy = `default-src 'none'; style-src ${sourceOf(FEATURES_STYLE)}; script-src ${sourceOf(SEARCH_SCRIPT)}; base-uri 'none'; form-action 'none'`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${raw(FEATURES_STYLE)}</style>
</head>
<body>
${header}
<div class="bar">
<label class="search" hidden><input type="search" placeholder="Search names, former names, words" aria-label="Search features"><output></output></label>
<nav>${contents.map(({ id, title: heading }) => html`<a href="#${id}">${heading}</a>`)}</nav>
</div>
<main>
${main}
</main>
<script>${raw(SEARCH_SCRIPT)}</script>
</body>
</html>
`
  invariant(!(page instanceof Promise), 'the page has no part to wait for')
  return String(page)
}

function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** Id of a section from its title. */
export function sectionId(title: string): string {
  return title.toLowerCase().replaceAll(/\W+/g, '-')
}

/** A page's contents from the titles of its sections. */
export function contentsOf(titles: readonly string[]): PageParts['contents'] {
  return titles.map((title) => ({ id: sectionId(title), title }))
}
