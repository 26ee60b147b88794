/** Looks at one bet: its prediction, and the bettor's own record on such bets. Nothing is loaded from elsewhere. */

const TIMEOUT_MS = 8000

const GRADE_TONES = { A: 'good', B: 'good', C: 'fair', D: 'poor', F: 'poor' }
const SCORE_TONES = { good: 'good', neutral: 'fair', warning: 'fair', danger: 'poor' }

const settingsForm = form('settings')
const betForm = form('bet')

element('open-settings').addEventListener('click', () => showSettings(settingsForm.hidden))

settingsForm.addEventListener('submit', async (event) => {
  event.preventDefault()
  await chrome.storage.local.set(fieldsOf(settingsForm))
  showSettings(false)
  tellProblem('')
})

betForm.addEventListener('submit', async (event) => {
  event.preventDefault()
  const button = betForm.querySelector('button')
  button.disabled = true
  try {
    await lookAt(fieldsOf(betForm))
    tellProblem('')
  } catch (thrown) {
    element('answers').hidden = true
    tellProblem(thrown.message)
  } finally {
    button.disabled = false
  }
})

const kept = await chrome.storage.local.get(['baseUrl', 'apiKey'])
for (const [name, value] of Object.entries(kept)) settingsForm.elements.namedItem(name).value = value
if (kept.apiKey === undefined) showSettings(true)

async function lookAt({ sport, league, market, book, odds }) {
  const query = new URLSearchParams({ sport, league, market })
  const bet = { sport, league, market, institution_name: book, odds: Number(odds) }
  const [score, prediction] = await Promise.all([
    ask(`/api/score-bet?${query}`),
    ask('/api/v1/predict', { method: 'POST', body: JSON.stringify(bet) }),
  ])
  showPrediction(prediction)
  showScore(score)
  element('answers').hidden = false
}

/** Asks the API. What it refuses is thrown with the sentence that it gives. */
async function ask(path, init = {}) {
  const { baseUrl, apiKey } = await chrome.storage.local.get(['baseUrl', 'apiKey'])
  if (!baseUrl || !apiKey) throw new Error('Name the API and a key in the settings first.')
  const headers = { 'x-api-key': apiKey, ...(init.body === undefined ? {} : { 'content-type': 'application/json' }) }
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const response = await fetch(new URL(path, baseUrl), { ...init, headers, signal }).catch(() => {
    throw new Error(`${baseUrl} does not answer. Is Closeline running, and does it let this extension in?`)
  })
  const body = await response.json().catch(() => ({}))
  if (response.ok) return body
  throw new Error(body.detail ?? `The API answers ${response.status}.`)
}

function showPrediction(prediction) {
  const { low, high } = prediction.probability_interval
  badge('grade', prediction.bet_grade, GRADE_TONES[prediction.bet_grade])
  tell('probability', `wins ${percent(100 * prediction.win_probability)} of the time`)
  tell('expected-roi', signed(prediction.expected_roi))
  tell(
    'stake',
    prediction.recommended_stake_pct > 0 ? `${percent(prediction.recommended_stake_pct)} of bankroll` : 'none',
  )
  tell('interval', `${percent(100 * low)} to ${percent(100 * high)}`)
  const memory = prediction.served_from === 'memory' ? ', from memory: the newest may be missing' : ''
  tell(
    'source',
    `Model ${prediction.model_version}, ${prediction.data === 'demo' ? 'demo data' : 'your own bets'}${memory}`,
  )
}

function showScore({ performance, evaluation }) {
  badge('score', evaluation.score, SCORE_TONES[evaluation.score])
  tell('bets', `${performance.totalBets} settled bets`)
  tell('roi', performance.roi === null ? 'not known' : signed(performance.roi))
  tell('win-rate', performance.winRate === null ? 'not known' : percent(performance.winRate))
  tell('recommendation', [evaluation.recommendation, ...evaluation.warnings].join(' '))
}

function showSettings(isShown) {
  settingsForm.hidden = !isShown
  element('open-settings').setAttribute('aria-expanded', String(isShown))
}

function tellProblem(text) {
  tell('problem', text)
  element('problem').hidden = text === ''
}

/** As text, never as markup: names come from elsewhere. */
function tell(id, text) {
  element(id).textContent = text
}

function badge(id, text, tone = '') {
  tell(id, text)
  element(id).dataset.tone = tone
}

function percent(value) {
  return `${value.toFixed(1)} %`
}

function signed(value) {
  return `${value > 0 ? '+' : ''}${percent(value)}`
}

function fieldsOf(source) {
  return Object.fromEntries([...new FormData(source)].map(([name, value]) => [name, String(value).trim()]))
}

function form(id) {
  return /** @type {HTMLFormElement} */ (element(id))
}

function element(id) {
  return document.getElementById(id)
}
