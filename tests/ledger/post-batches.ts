import { createPool, type NetworkId } from '../../ledger/index.ts'
import type { CommandRow } from '../../ledger/command-row.ts'
import { postBatch } from './compare.ts'

// A process of its own that posts the batches it is sent: `fork(…, [url], { serialization: 'advanced' })`. Each
// message is answered with a list of answers, one a batch. It ends when its parent disconnects.

/** Batches to post one after another. */
export interface PostBatches {
  readonly network: NetworkId
  readonly batches: readonly (readonly CommandRow[])[]
}

const pool = createPool(process.argv[2]!, {
  max: 1,
  applicationName: 'tallystick tests',
  onIdleError: () => {},
})
process.on('message', async ({ network, batches }: PostBatches) => {
  const answers = []
  for (const batch of batches) answers.push(await postBatch(pool, network, batch))
  process.send!(answers)
})
process.on('disconnect', () => void pool.end())
