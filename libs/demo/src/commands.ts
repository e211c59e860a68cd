/*
 * The commands that the controllers send. Those of consent, boundary and session are not at the door of their context yet
 * (its index.ts), so they are fetched from where they live, here and nowhere else.
 */
export { HandleClient, FormUnit } from '#libs/client';
export { HandleInquiry } from '#libs/intake';
export { RegisterPractice } from '#libs/practice';
export { OpenRelationship, ReassignTherapist } from '#libs/relationship';
export { SettleBoundary } from '../../boundary/src/agreement/agreement.handler.js';
export { AcknowledgeStance, GiveConsent, OfferConsent, ReviewConsent, WithdrawConsent } from '../../consent/src/consent/consent.handler.js';
export { ContinueSession, MissSession, ScheduleSession } from '../../session/src/session/session.handler.js';
export { StartSession } from '../../session/src/session/start.handler.js';
export { WithdrawInSession } from '../../session/src/session/withdraw.handler.js';
