import { describe, expect, it } from 'vitest'
import { renderModelPage } from '../../../../bin/pages/model-page.ts'
import type { ModelCard } from '../../../../bin/pages/model-text.ts'
import { modelText } from '../../../../bin/pages/model-text.ts'
import { historyText, modelListText, moveText } from '../../../../bin/pages/models-text.ts'
import type { Alias } from '../../../../shared/registry/alias.ts'
import type { ModelManifest } from '../../../../shared/registry/manifest.ts'
import { modelVersion } from '../../../support/models.ts'
import { storedHead } from '../../../support/roi-heads.ts'

const { manifest: baseline } = await modelVersion()

const alias: Alias = {
  name: 'challenger',
  version: baseline.version,
  since: '2025-06-01T10:20:30.000Z',
  reason: 'a test says <so>',
  previous: 'blend-000000000000',
}

function card(overrides: Partial<ModelManifest> = {}): ModelCard {
  return { manifest: { ...baseline, ...overrides }, standing: [alias], moves: [alias] }
}

const NOT_PROVEN: Partial<ModelManifest> = {
  kind: 'blend',
  verdict: 'not_proven',
  checks: [
    { name: 'quick_enough', passed: true, detail: 'it takes 1 ms' },
    { name: 'calibrated', passed: false, detail: 'its slope is 3 <b>' },
  ],
  members: [{ name: 'boosted', weight: 0.75, trees: 120 }],
  calibration: {
    kind: 'platt',
    trials: [
      { kind: 'platt', logLoss: 0.51234 },
      { kind: 'isotonic', logLoss: null },
    ],
  },
  contributions: [
    { feature: 'market_log_odds', meanAbsolute: 0.5 },
    { feature: 'is_live', meanAbsolute: 0.125 },
  ],
}

const IMPORTED: Partial<ModelManifest> = {
  kind: 'imported',
  source: { by: 'onnx', sha256: 'c'.repeat(64) },
  ledger: { ...baseline.ledger, learned: 0, learnedFrom: null, learnedTo: null },
  recipe: { revision: 0, seed: 0, params: { name: 'ours <1>' } },
  contributions: [],
}

describe.each([
  ['text', modelText],
  ['page', renderModelPage],
] as const)('a model card as %s', (_, render) => {
  it('tells scores beside every baseline with how many bets they are of', () => {
    const said = render(card(NOT_PROVEN))
    for (const figure of ['0.5800', '0.6000', '0.5900', '0.6900', '100']) expect(said).toContain(figure)
    expect(said).toContain('-0.01000 (95 % -0.02000 to 0.02000, 20 days)')
  })

  it('tells what passed and what failed with its figure', () => {
    const said = render(card(NOT_PROVEN))
    expect(said).toContain('Not proven')
    expect(said).toMatch(/passed[\s\S]*it takes 1 ms/)
    expect(said).toMatch(/failed[\s\S]*its slope is 3/i)
  })

  it('tells members, calibration, contributions and hashes', () => {
    const said = render(card(NOT_PROVEN))
    for (const part of [
      'boosted',
      '0.750',
      '120',
      '0.51234',
      'could not be fitted',
      'chosen',
      'market_log_odds',
      '0.1250',
    ]) {
      expect(said).toContain(part)
    }
    for (const hash of [baseline.ledger.sha256, baseline.features.hash, baseline.onnx.sha256])
      expect(said).toContain(hash)
  })

  it('says of an imported file what is not known', () => {
    const said = render(card(IMPORTED))
    expect(said).toContain('not known: trained elsewhere')
    expect(said).toMatch(/not known: there is only the file/i)
    expect(said).toContain('c'.repeat(64))
    expect(said).toContain('there is only the file; it gave a probability for each of 100 bets')
    expect(said).not.toContain('ONNX and trees differ')
  })

  it('tells what became of an ROI head', () => {
    const served = render(
      card({ roiHead: storedHead({ sha256: 'd'.repeat(64), bytes: 10 }, { reason: 'so <it> is' }) }),
    )
    expect(served).toMatch(/Served: expected ROI is the head’s own\. so (<it>|&lt;it&gt;) is\./)
    expect(served).toContain('17 trees at 0.75, learned from 4,321 settled bets')
    expect(served).toContain('1,234 bets whose return is known')
    for (const figure of ['0.20000', '0.20500', '-0.00500 (-0.00600 to -0.00400)']) expect(served).toContain(figure)
    const unscored = render(card({ roiHead: storedHead(null, { verdict: 'not_served', scores: null, trees: 0 }) }))
    expect(unscored).toContain('Not served, so expected ROI is p · d − 1: a test says so.')
    expect(unscored).not.toContain('price-implied')
    expect(unscored).not.toContain('trees at')
    expect(render(card())).toMatch(/none was tried: expected ROI is p · d − 1/i)
  })

  it('says that the baseline was not asked', () => {
    expect(render(card())).toMatch(/not asked: the baseline needs no proof/i)
  })
})

describe('the page of a model', () => {
  it('fetches nothing and lets nothing in the data become markup', () => {
    const page = renderModelPage(card({ ...NOT_PROVEN, ...IMPORTED, checks: NOT_PROVEN.checks ?? [] }))
    expect(page).toContain('default-src &#39;none&#39;')
    expect(page).not.toMatch(/(?:src|href)="|<script|style="/)
    expect(page).not.toContain('<so>')
    expect(
      renderModelPage(card({ roiHead: storedHead(null, { verdict: 'not_served', reason: 'so <it> is' }) })),
    ).not.toContain('<it>')
    expect(page).not.toContain('ours <1>')
    expect(page).toContain('a test says &lt;so&gt;')
  })
})

describe('lists of models', () => {
  it('show which version bears which alias', () => {
    const other = { ...baseline, version: 'blend-aaaaaaaaaaaa' }
    const text = modelListText([baseline, other], { champion: { ...alias, name: 'champion' }, challenger: alias })
    expect(text).toMatch(new RegExp(`${baseline.version} +champion, challenger `))
    expect(text).toMatch(/blend-aaaaaaaaaaaa +2025/)
    expect(text).toContain('serves since 2025-06-01 10:20: a test says <so>')
  })

  it('say how to begin where there is none', () => {
    expect(modelListText([], { champion: null, challenger: null })).toContain('closeline train')
    expect(historyText([])).toContain('No version')
  })

  it('tell what was and what is, and that nothing was moved where nothing was', () => {
    const is = { ...alias, name: 'champion' as const, version: baseline.version }
    const was = { ...is, version: 'blend-bbbbbbbbbbbb', reason: 'it was better' }
    const text = moveText({ was, is, manifest: baseline })
    expect(text).toMatch(/Champion was blend-bbbbbbbbbbbb.*it was better\nChampion is recalibrated-market/)
    expect(moveText({ was: is, is, manifest: baseline })).toContain('nothing was moved')
    expect(moveText({ was: undefined, is, manifest: baseline })).toContain('No model was champion')
  })
})
