/** The commands that the controllers send, gathered from the contexts, for the stories. */
export { AddUnitMember, FormUnit, HandleClient, HandleMerge } from '#libs/client';
export { HandleInquiry } from '#libs/intake';
export { ChangeStaff, NameRoom, RegisterPractice } from '#libs/practice';
export { OpenRelationship, ReassignTherapist } from '#libs/relationship';
export { EnterCrossing, EscalateCrossing, SettleBoundary } from '#libs/boundary';
export {
  AcknowledgeStance,
  GiveConsent,
  MakeDisclosure,
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
