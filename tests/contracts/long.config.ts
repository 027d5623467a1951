import { randomBytes } from 'node:crypto'
import { defineConfig } from 'hardhat/config'
import shortConfig from '../../hardhat.config.ts'

// For `npm run test:long`: more runs, and other ones each time. A failure prints what it was called with.
// oxlint-disable-next-line import/no-default-export -- hardhat asks for one
export default defineConfig({
  ...shortConfig,
  test: {
    solidity: {
      ...shortConfig.test?.solidity,
      fuzz: { runs: 5000, seed: `0x${randomBytes(32).toString('hex')}` },
      invariant: { runs: 500, depth: 100 },
    },
  },
})
