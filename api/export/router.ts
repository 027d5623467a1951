import { planExport, type AnchorEvidence, type Ledger, type NetworkId } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireStaff, type Access } from '../http/authenticate.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { Db } from '../tables.ts'
import { listExportFiles, packExport, tarLength } from './pack-export.ts'

const getExport = declareRoute({
  method: 'get',
  path: '/v1/export',
  operation: 'exportLog',
  tag: 'Log',
  summary: 'Take the whole log away, to check it elsewhere',
  description:
    'A tar for `npm run verify`: `entries.ndjson` (every entry up to the newest checkpoint, one a line, byte for byte), ' +
    '`checkpoints/` (every anchored one and the newest, with their co-signatures), `policy`, `accounts.json` (what each account ' +
    'is and whose, wallets without owner), `anchors.json` and `manifest.sha256`. It names nobody. 404 while nothing is signed.',
  who: ['staff', 'operator'],
  answers: { 200: { description: 'The archive.', media: 'application/x-tar' } },
})

interface LogExportParts {
  readonly access: Access
  readonly db: Db
  readonly ledger: Ledger
  /** Proofs of the anchors on chain; null where there are none to be had. */
  readonly collectEvidence: (network: NetworkId) => Promise<AnchorEvidence | null>
}

/** `GET /v1/export`, for auditors and operators. */
export function logExportRoutes(
  routes: Routes,
  { access, db, ledger, collectEvidence }: LogExportParts,
): void {
  routes.on(getExport, async (req, res) => {
    const staff = await requireStaff(access, req)
    if (staff.role !== 'auditor' && staff.role !== 'operator') throw new Refusal('forbidden')
    const { network } = staff
    // From now on: to count the entries of a long log takes a while, and not everyone waits for it.
    const gone = new AbortController()
    res.once('close', () => gone.abort())
    // First: what was anchored by then has a quorum, and so is in the export.
    const anchors = await collectEvidence(network.id)
    const plan = await planExport(ledger.db, network.id)
    if (!plan)
      throw new Refusal('not_found', { detail: 'The log has no checkpoint yet: try again in a moment.' })
    await recordAudit(db, auditSource(req), { subjects: [] })
    const files = await listExportFiles(db, { network: network.id, plan, anchors: anchors ?? {} })
    if (gone.signal.aborted) return
    res.type('application/x-tar').attachment(`${network.slug}-${plan.size}.tar`)
    // Tells how far a download is, and one that was cut off from a whole one.
    res.set('Content-Length', String(tarLength(files)))
    await packExport(res, files, gone.signal)
  })
}
