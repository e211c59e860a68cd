export { FILES, line, parseLine } from './bundle/bundle.js';
export type { BundleHeader } from './bundle/bundle.js';
export {
  erasuresBehind,
  headerOf,
  linesOf,
  readLinesOf,
  streamsAbout,
  type ExportState,
} from './bundle/export.reader.js';
export { judgeBundle, judgeReads, type LogVerdict, type RestoreOnRecord } from './bundle/judge.js';
export { firstOmitted } from './bundle/omission.js';
export { NoBundle, type Older } from './bundle/place.js';
export { parseCheckpoint } from './checkpoint/checkpoint.js';
export { verifierOf } from './checkpoint/note.js';
export { LOGS, parseOrigin, type LogKind } from './checkpoint/origin.js';
export { behindOf, type Behind } from './integrity/behind.reader.js';
export { keptIn, type Kept } from './sealer/memory.js';
export { Sealer } from './sealer/sealer.service.js';
export { ForeignCheckpoint, practicesIn, verifyTree } from './verify/verify.reader.js';
export { LedgerModule } from './ledger.module.js';
