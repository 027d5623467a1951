import { defineConfig } from 'hardhat/config'
import shortConfig from '../../hardhat.config.ts'
import { isLongRun } from '../support/long.ts'
import longConfig from './long.config.ts'
import { markedFolder } from './run-solidity.ts'

// The tests in Solidity, over copies of the contracts that tell which way each decision went.
const config = isLongRun ? longConfig : shortConfig
// oxlint-disable-next-line import/no-default-export -- hardhat asks for one
export default defineConfig({
  ...config,
  paths: {
    sources: `${markedFolder}/contracts`,
    tests: { solidity: `${markedFolder}/tests/contracts` },
    cache: `${markedFolder}/cache`,
    artifacts: `${markedFolder}/artifacts`,
  },
})
