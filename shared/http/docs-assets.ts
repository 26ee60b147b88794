/** Style of the API page: system fonts, both colour schemes, nothing fetched. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --line: #d9dee6; --paper: #fff; --soft: #f4f6f9; --accent: #0b6e4f; --warn: #c2410c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --dim: #9aa6b5; --line: #2c3542; --paper: #12161c; --soft: #1a2028; --accent: #4cc79a; --warn: #f0936b; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 6rem; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.7rem; } h1 small { color: var(--dim); font-weight: 400; font-size: 1rem; }
h2 { margin: 2.2rem 0 .6rem; font-size: 1.05rem; color: var(--dim); letter-spacing: .04em; text-transform: uppercase; }
h4 { margin: 1.1rem 0 .4rem; font-size: .9rem; } .about { margin: -.3rem 0 .6rem; color: var(--dim); }
a { color: var(--accent); } code, pre, textarea, input, select { font: 13.5px/1.5 ui-monospace, monospace; }
.operation { border: 1px solid var(--line); border-radius: 10px; margin: .6rem 0; padding: 0 1rem; }
.operation[open] { padding-bottom: 1rem; }
.operation > summary { display: flex; gap: .7rem; align-items: baseline; flex-wrap: wrap; padding: .75rem 0; cursor: pointer; list-style: none; }
.operation > summary span { color: var(--dim); }
.operation > summary code { overflow-wrap: anywhere; } .operation > summary .scope { margin-left: auto; }
.scope { padding: .05rem .5rem; border: 1px solid var(--accent); border-radius: 99px; color: var(--accent); font-size: .78rem; font-style: normal; }
.operation > summary .scope + .scope { margin-left: 0; } .scope.open, .scope.old { border-color: var(--line); color: var(--dim); }
.key { padding: .8rem 1rem; border: 1px solid var(--line); border-radius: 10px; } .key input { display: block; max-width: 32rem; margin: .2rem 0 .4rem; } .key small { color: var(--dim); }
.method { display: inline-block; min-width: 3.4rem; padding: .1rem .5rem; border-radius: 6px; text-align: center; font-size: .78rem; color: #fff; background: #2563a8; }
.method.post { background: #0b6e4f; }
table { width: 100%; border-collapse: collapse; } td { overflow-wrap: anywhere; } th, td { padding: .35rem .5rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
th { width: 15rem; } td em { color: var(--dim); font-style: normal; font-size: .85rem; margin-right: .5rem; } th i { color: var(--warn); font-style: normal; margin-left: .15rem; }
td table th { width: 9rem; }
label { display: block; } input, select, textarea { width: 100%; line-height: 1.7; padding: .35rem .5rem; color: inherit; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; }
button { margin-top: .7rem; padding: .45rem 1.2rem; border: 0; border-radius: 6px; background: var(--accent); color: var(--paper); font-weight: 600; cursor: pointer; }
@media (max-width: 40rem) { body { padding: 1.2rem .8rem 4rem; } tr, th, td { display: block; width: auto; } td { border-top: 0; padding-top: 0; } td table th { width: auto; } }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.answer, .example { margin: .8rem 0 0; padding: .8rem; overflow: auto; background: var(--soft); border-radius: 8px; }
.response > summary { padding: .25rem 0; cursor: pointer; } .status.s2 { color: var(--accent); } .status.s4, .status.s5 { color: var(--warn); }
`

/** Keeps the key of the tab, sends the form of an operation with it, and shows what came back. */
export const DOCS_SCRIPT = `
const key = document.getElementById('api-key')
try { key.value = sessionStorage.getItem('closeline-key') ?? '' } catch { /* storage is off: the field alone keeps it */ }
key.addEventListener('input', () => { try { sessionStorage.setItem('closeline-key', key.value.trim()) } catch { /* as above */ } })
for (const form of document.querySelectorAll('form')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const answer = form.querySelector('.answer')
    const request = { method: form.dataset.method.toUpperCase(), headers: {} }
    if (key.value.trim() !== '') request.headers['x-api-key'] = key.value.trim()
    let path = form.dataset.path
    const query = new URLSearchParams()
    for (const field of form.querySelectorAll('[name]')) {
      const { name, value } = field
      if (name === 'body') { request.body = value; request.headers['content-type'] = 'application/json' }
      else if (field.dataset.in === 'path') path = path.replace('{' + name + '}', encodeURIComponent(value))
      else if (value !== '' && field.dataset.in === 'header') request.headers[name] = value
      else if (value !== '') query.append(name, value)
    }
    const target = path + (query.size === 0 ? '' : '?' + query)
    answer.hidden = false
    answer.textContent = '…'
    try {
      const response = await fetch(target, request)
      const text = await response.text()
      let shown = text
      try { shown = JSON.stringify(JSON.parse(text), null, 2) } catch { /* not JSON: shown as it came */ }
      answer.textContent = request.method + ' ' + target + '\\n' + response.status + '\\n\\n' + shown
    } catch (error) {
      answer.textContent = 'No answer: ' + error.message
    }
  })
}
`
