// `npm run verify`. Exports, receipts and checkpoints are the ledger's to check, without any of the server's settings;
// `--database` is of this server's own.
if (process.argv.includes('--database')) await import('./database.ts')
else await import('../../ledger/verify/main.ts')
