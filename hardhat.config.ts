import { createRequire } from 'node:module'
import { defineConfig } from 'hardhat/config'

// Everything comes from npm: the compiler is solc's own WebAssembly, and nothing is downloaded.
const { resolve } = createRequire(import.meta.url)

// oxlint-disable-next-line import/no-default-export -- hardhat asks for one
export default defineConfig({
  solidity: {
    compilers: [
      {
        version: '0.8.37',
        path: resolve('solc/soljson.js'),
        settings: {
          evmVersion: 'cancun',
          optimizer: { enabled: true, runs: 1_000_000 },
          outputSelection: { '*': { '*': ['storageLayout'] } },
        },
      },
    ],
  },
  test: {
    solidity: {
      fuzz: { runs: 64 },
      invariant: { runs: 20, depth: 40 },
      // What went through in each run of the invariants; made by the test that runs them.
      fsPermissions: { writeFile: ['tests/.tmp/invariants.txt'] },
    },
  },
  paths: {
    sources: 'contracts',
    tests: { solidity: 'tests/contracts' },
    cache: 'tests/.tmp/hardhat/cache',
    artifacts: 'tests/.tmp/hardhat/artifacts',
  },
})
