import type { FullDriftReport } from './drift-report-schema.ts'

/** Where drift reports are kept to be asked later, beside the JSON that is served. */
export interface DriftArchive {
  /**
   * Keeps a report; keeping it again changes nothing.
   *
   * @param id  its file's name
   * @throws {UpstreamError} where it could not be kept
   */
  keep(id: string, report: FullDriftReport): Promise<void>
}
