import { clamp, round } from '../kernel/numeric.ts'
import { americanFromDecimal } from '../odds/convert.ts'

/**
 * A price in both notations.
 *
 * @param decimalOdds  > 1
 * @example priceText(1.9090909) // '1.91 (-110)'
 */
export function priceText(decimalOdds: number): string {
  if (decimalOdds >= 1e9) return decimalOdds.toExponential(2)
  const american = americanFromDecimal(decimalOdds)
  // At two decimals a price near 1 would read as 1.00, which is no price.
  const digits = clamp(1 - Math.floor(Math.log10(decimalOdds - 1)), 2, 15)
  const decimal = digits === 2 ? fixed(decimalOdds, 2) : String(Number(decimalOdds.toFixed(digits)))
  return `${decimal} (${american > 0 ? '+' : ''}${fixed(american, 0)})`
}

/** A fraction in per cent: `percentText(0.2935)` is `29.4 %`. */
export function percentText(fraction: number): string {
  return `${fixed(round(100 * fraction, 1), 1)} %`
}

/** An amount of money in major units, its currency left to the reader, who knows it. */
export function moneyText(major: number): string {
  return fixed(major, 2)
}

/** An instant to the minute, `2025-03-01 18:05 UTC`. */
export function instantText(atMs: number): string {
  const date = new Date(atMs)
  return Number.isNaN(date.getTime()) ? `${atMs} ms` : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Digits in groups of three. Findings come by the hundred thousand, and `Intl` takes several times as long. */
function fixed(x: number, digits: number): string {
  const text = x.toFixed(digits)
  return Math.abs(x) < 1000 ? text : text.replace(/\B(?=(?:\d{3})+(?!\d))(?<!\.\d*)/g, ',')
}
