import { createHash } from 'node:crypto'
import { createContext, runInContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { renderBetPage } from '../../../../bin/pages/features-bet-page.ts'
import { formulaOf } from '../../../../bin/pages/features-formulas.ts'
import { renderFeaturesPage } from '../../../../bin/pages/features-page.ts'
import { FEATURES } from '../../../../shared/features/registry.ts'
import { explanationOf, hour } from './features-explained-bets.ts'

const HOSTILE = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;"

/** What an element of this kind holds. */
function inside(page: string, element: string): string {
  return new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(page)?.[1] ?? ''
}

/** The page without what is not markup. */
function markup(page: string): string {
  return page.replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>/g, '')
}

/** Names of elements that are opened and never closed, or the other way round. */
function unbalanced(page: string): string[] {
  const open: string[] = []
  for (const [, closing, name = ''] of markup(page).matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
    if (['meta', 'input', 'col', 'wbr'].includes(name)) continue
    if (closing === '') open.push(name)
    else if (open.pop() !== name) return [name]
  }
  return open
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll("'", '&#39;').replaceAll('<', '&lt;')
}

const documentation = renderFeaturesPage('ab12')
const ofBet = renderBetPage(explanationOf())

describe.each([
  ['the documentation', documentation],
  ['the page of a bet', ofBet],
  [
    'the page of a bet of which nothing is known',
    renderBetPage(explanationOf({ sport: null, league: null, market: null, book: null, decimalOdds: null }, 1000)),
  ],
])('%s', (_, page) => {
  it('needs nothing from elsewhere and closes what it opens', () => {
    expect(page).toMatch(/^<!doctype html>/)
    expect(page).not.toMatch(/<(?:link|img|iframe|object|base|form)\b|url\(|@import|https?:|\bsrc=|\bon\w+=|\bstyle=/)
    expect(unbalanced(page)).toEqual([])
    expect(markup(page)).not.toMatch(/NaN|undefined|null|\[object|Infinity/)
  })

  it('allows by its own policy its style and its script, and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'")
    const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    const [style, script] = [digest(inside(page, 'style')), digest(inside(page, 'script'))]
    expect(policy).toBe(
      `default-src 'none'; style-src ${style}; script-src ${script}; base-uri 'none'; form-action 'none'`,
    )
    expect(page.match(/<script/g)).toHaveLength(1)
  })

  it('leads nowhere but to its own parts', () => {
    const ids = new Set([...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id))
    const targets = [...page.matchAll(/href="([^"]*)"/g)].map(([, target = '']) => target)
    expect(targets.length).toBeGreaterThan(3)
    expect(targets.filter((target) => !(target.startsWith('#') && ids.has(target.slice(1))))).toEqual([])
    expect([...page.matchAll(/ id="/g)]).toHaveLength(ids.size)
  })
})

describe('renderFeaturesPage', () => {
  it('documents every feature once', () => {
    for (const feature of FEATURES) {
      const { name, description, unit, dependsOn, formerly, mode, type } = feature
      const rows = documentation.match(new RegExp(`<tr id="${name}">[\\s\\S]*?</tr>`, 'g'))
      expect([name, rows?.length]).toEqual([name, 1])
      const told = [description, formulaOf(feature) ?? '?', unit, dependsOn.join(', '), mode, type, ...formerly]
      expect(told.filter((text) => !rows?.[0]?.includes(escaped(text)))).toEqual([])
    }
  })

  it('shows the identity of the arithmetic and how many features there are of each mode', () => {
    expect(documentation).toContain('<code>ab12</code>')
    expect(documentation).toContain('<b>175</b><span class="dim">features</span>')
    expect(documentation).toContain('<b>7</b><span class="dim">streaming</span>')
  })
})

describe('renderBetPage', () => {
  it('shows values with the bets behind them, and tells gain from loss', () => {
    expect(ofBet).toMatch(
      /<td class="level"><a href="#sport_market_win_rate"[^>]*><b>0\.5000<\/b><\/a><small>2 bets<\/small>/,
    )
    // One loss up to now, one unit won and one lost: (0.5·0.98 − 0.5) / (1.98 + 20).
    expect(ofBet).toMatch(/<td class="down"><a href="#sport_market_streak"[^>]*><b>−1<\/b>/)
    expect(ofBet).toMatch(/<td class="level"><a href="#sport_market_roi"[^>]*><b>0\.0000<\/b>/)
    expect(ofBet).toMatch(/<td class="down"><a href="#sport_market_form"[^>]*><b>−0\.0005<\/b>/)
    const afterTheWin = renderBetPage(explanationOf({ placedAtMs: hour(4) }))
    expect(afterTheWin).toMatch(/<td class="up"><a href="#sport_market_streak"[^>]*><b>1<\/b>/)
  })

  it('says why a value is missing', () => {
    const page = renderBetPage(explanationOf({ book: 'bet365' }))
    expect(page).toContain('In this ledger the sportsbook is new')
    expect(page).toMatch(/<td class="none"><a href="#book_roi"[^>]*><b>–<\/b><\/a><small>no history<\/small>/)
    expect(page).toMatch(
      /<tr id="book_roi" class="none">[\s\S]*?no earlier bet \(the sportsbook is new to the ledger\)<\/td>/,
    )
  })

  it('shows no more than was asked for', () => {
    const page = renderBetPage(explanationOf({}, 1, ['book_roi']))
    expect([...page.matchAll(/<tr id="([^"]*)"/g)].map(([, name]) => name)).toEqual(['book_roi'])
    expect(page).not.toContain('Market form')
  })

  it('escapes every name that a bet may bear', () => {
    const page = renderBetPage(explanationOf({ sport: HOSTILE, league: HOSTILE, market: HOSTILE, book: HOSTILE }))
    expect(markup(page)).not.toMatch(/<script|<img/)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(unbalanced(page)).toEqual([])
  })
})

describe('the search', () => {
  /** A document of as much as the script asks for: three rows, each in a part of its own, and a part without rows. */
  function searchFor(typed: string) {
    const rows = ['sport_roi Return', 'sport_league_market_roi formerly hist_roi', 'hour_of_day Hour'].map(
      (textContent) => ({
        ...{ textContent, hidden: false },
      }),
    )
    const parts = [...rows.map((row) => [row]), []].map((own: { hidden: boolean }[]) => ({
      hidden: false,
      querySelector: () => own.find(({ hidden }) => !hidden) ?? null,
    }))
    const input = { value: typed, listen: () => {}, addEventListener: (_: string, listener: () => void) => listener() }
    const output = { textContent: '' }
    const box = { hidden: true, querySelector: (name: string) => (name === 'input' ? input : output) }
    const document = {
      querySelector: () => box,
      querySelectorAll: (name: string) => (name === 'tr[id]' ? rows : parts),
    }
    runInContext(inside(documentation, 'script'), createContext({ document }))
    const shown = rows.filter(({ hidden }) => !hidden).map(({ textContent }) => textContent.split(' ')[0])
    return { shown, parts: parts.map(({ hidden }) => !hidden), found: output.textContent, isOpen: !box.hidden }
  }

  it('finds rows by all of the words typed, former names too, and hides the parts without', () => {
    expect(searchFor('ROI  Hist')).toEqual({
      ...{ shown: ['sport_league_market_roi'], parts: [false, true, false, false], found: '1 of 3', isOpen: true },
    })
  })

  it('shows everything where nothing is typed', () => {
    expect(searchFor(' ')).toMatchObject({ parts: [true, true, true, true], found: '' })
  })
})
