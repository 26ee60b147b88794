import type { RoiRival, RoiScores } from '../../shared/recipe/roi-comparison.ts'
import { ROI_RIVALS } from '../../shared/recipe/roi-comparison.ts'
import type { RoiVerdict } from '../../shared/registry/roi-gate.ts'
import { intervalText } from './model-figures.ts'

const RIVAL_WORDS: Readonly<Record<RoiRival, string>> = {
  constant: 'constant',
  priceImplied: 'price-implied',
  winProbability: 'win probability',
}

/** What the verdict on an ROI head comes to, in a sentence. */
export function roiSentence({ verdict, reason }: { verdict: RoiVerdict; reason: string }): string {
  return verdict === 'served'
    ? `Served: expected ROI is the head’s own. ${reason}.`
    : `Not served, so expected ROI is p · d − 1: ${reason}.`
}

/** Headings of {@link roiRows}. */
export const ROI_HEADINGS = [
  '',
  'robust loss',
  'squared error',
  'head less it, robust',
  'head less it, squared',
] as const

/** The head and its rivals: name, both losses, and the head's loss less the rival's with 95 % intervals. */
export function roiRows({ losses, headMinus }: Pick<RoiScores, 'losses' | 'headMinus'>): string[][] {
  const of = (who: 'head' | RoiRival) => [losses.robust[who].toFixed(5), losses.squared[who].toFixed(4)]
  return [
    ['ROI head', ...of('head'), '', ''],
    ...ROI_RIVALS.map((rival) => {
      const { robust, squared } = headMinus[rival]
      return [
        RIVAL_WORDS[rival],
        ...of(rival),
        `${robust.mean.toFixed(5)} (${intervalText(robust, 5)})`,
        `${squared.mean.toFixed(4)} (${intervalText(squared, 4)})`,
      ]
    }),
  ]
}
