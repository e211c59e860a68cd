/*
 * The commands that the controllers send. Those of consent, boundary and session are not at the door of their context yet
 * (its index.ts), so they are fetched from where they live, here and nowhere else.
 */
export { HandleClient, FormUnit } from '#libs/client';
export { HandleInquiry } from '#libs/intake';
export { RegisterPractice } from '#libs/practice';
export { OpenRelationship, ReassignTherapist } from '#libs/relationship';
export { SettleBoundary } from '#libs/boundary';
export { AcknowledgeStance, GiveConsent, OfferConsent, ReviewConsent, WithdrawConsent } from '#libs/consent';
export {
  ContinueSession,
  MissSession,
  ScheduleSession,
  StartSession,
  WithdrawInSession,
} from '#libs/session';
