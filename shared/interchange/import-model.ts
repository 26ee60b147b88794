import { DomainError } from '../kernel/errors.ts'
import type { ImportedModel } from './imported-model.ts'
import { readLightgbmText } from './lightgbm-text.ts'
import { readXgboostJson } from './xgboost-json.ts'

/**
 * Reads a tree model of another library, told apart by how its file begins: XGBoost's JSON or LightGBM's text.
 *
 * @throws {DomainError} `unknown_model_format` where it is neither; otherwise as the reader of that format
 */
export function importModel(text: string, options: { upToBest?: boolean } = {}): ImportedModel {
  if (/^\s*\{/.test(text)) return readXgboostJson(text, options)
  if (/^tree\r?\n/.test(text)) return readLightgbmText(text)
  const start = JSON.stringify(text.slice(0, 20))
  throw new DomainError(
    'unknown_model_format',
    `the file begins with ${start}: neither a JSON model of XGBoost nor a text model of LightGBM`,
  )
}
