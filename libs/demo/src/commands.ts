/** The commands that the controllers send, gathered from the contexts, for the stories. */
export { OpenBreakGlass } from '#libs/access';
export { AddUnitMember, ChangeClientDetails, FormUnit, RegisterClient, SettleMerge } from '#libs/client';
export { AdvanceInquiry } from '#libs/intake';
export { BeginLegal, DecideErasure, ExecuteErasure } from '#libs/legal';
export { ChangeStaff, NameRoom, RegisterPractice } from '#libs/practice';
export { OpenRelationship, ReassignTherapist } from '#libs/relationship';
export { EnterCrossing, EscalateCrossing, SettleBoundary } from '#libs/boundary';
export {
  AcknowledgeStance,
  GiveConsent,
  MakeDisclosure,
  MarkEntryInError,
  OfferConsent,
  RequestDisclosure,
  ReviewConsent,
  WithdrawConsent,
} from '#libs/consent';
export {
  ContinueSession,
  MarkSessionInError,
  MissSession,
  RecordAfterwards,
  ScheduleSeries,
  ScheduleSession,
  StartSession,
  WithdrawInSession,
  WriteNote,
  WritePsychotherapyNote,
} from '#libs/session';
