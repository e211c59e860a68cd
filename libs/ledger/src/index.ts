export { parseCheckpoint } from './checkpoint/checkpoint.js';
export { verifierOf } from './checkpoint/note.js';
export { Sealer } from './sealer/sealer.service.js';
export { ForeignCheckpoint, practicesIn, verifyPractice } from './verify/verify.reader.js';
export { LedgerModule } from './ledger.module.js';
