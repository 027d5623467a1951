import { useState } from 'react'
import { answered } from '../account/snapshot.ts'
import { useAccount } from '../app-context.ts'
import { useLanguage } from '../language.tsx'
import { saveFile } from '../../../clients/web/save-file.ts'
import { Notice } from './notice.tsx'
import { useAction } from './use-action.ts'

/** What checking found. */
type Checked =
  | { readonly fits: true; readonly file: string; readonly index: number; readonly size: number }
  | { readonly fits: false; readonly file: string }

/** The proof that an entry is in the network's log: fetched, checked on this device, and kept as a file. */
export function Receipt({ transaction }: { transaction: string }) {
  const { say } = useLanguage()
  const [{ client, membership }] = useAccount()
  const [checked, setChecked] = useState<Checked | null>(null)
  const action = useAction({
    receipt_not_ready: 'receipt.later',
    receipt_tells_of_others: 'receipt.others',
  })
  const check = () =>
    action.run(async () => {
      const params = { path: { id: transaction } }
      const path = { path: { network: membership.network } }
      const [receipt, policy, { checkFile }] = await Promise.all([
        answered(client.GET('/v1/transactions/{id}/receipt', { params })),
        answered(client.GET('/log/{network}/policy', { params: path, parseAs: 'text' })),
        import('../receipts/check.ts'),
      ])
      const file = (receipt as Exclude<typeof receipt, string>).proof
      const found = checkFile(file, policy, transaction)
      setChecked(found === null ? { fits: false, file } : { fits: true, file, ...found })
    })
  const save = (file: string) =>
    saveFile(`${transaction}.tlog-proof`, new Blob([file], { type: 'text/plain' }))
  return (
    <section>
      {action.fault && <Notice kind="bad">{action.fault}</Notice>}
      {checked?.fits === false && <Notice kind="bad">{say('receipt.bad')}</Notice>}
      {checked?.fits === true && (
        <Notice kind="good">{say('receipt.ok', { index: checked.index, size: checked.size })}</Notice>
      )}
      {checked === null ? (
        <button type="button" className="quiet" disabled={action.isBusy} onClick={check}>
          {say('receipt.get')}
        </button>
      ) : (
        <button type="button" onClick={() => save(checked.file)}>
          {say('receipt.save')}
        </button>
      )}
    </section>
  )
}
