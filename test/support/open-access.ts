import type { AccessControl, Scope } from '../../shared/access/client.ts'
import { SCOPES } from '../../shared/access/client.ts'

/** Lets everybody in, with these scopes. */
export function openAccess(scopes: readonly Scope[] = SCOPES): AccessControl {
  return { check: () => ({ client: { keyId: 'test', name: 'test', scopes } }) }
}
