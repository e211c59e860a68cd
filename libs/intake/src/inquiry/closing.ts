import { type Reason, reasonIf } from '#libs/kernel';

export const CHANNELS = ['phone', 'email', 'web', 'in_person', 'referral'] as const;
export type Channel = (typeof CHANNELS)[number];
export const DECLINED_BY = ['client', 'practice'] as const;

export type Declined = { reasonCode: string; nextStep: string; by: (typeof DECLINED_BY)[number] };
/** `handedOver` names what was passed on; empty: nothing */
export type Referred = { to: string; reasonCode: string; handedOver: string[] };
/** Whoever asked takes it back, through any channel, and needs no reason. */
export type Withdrawn = { channel: Channel; words?: string };

const reasonMissing = (reasonCode: string): Reason[] =>
  reasonIf(!reasonCode.trim(), 'reason_code_missing', 'Say why, with a reason code.');

export const declineReasons = ({ reasonCode, nextStep }: Declined): Reason[] => [
  ...reasonMissing(reasonCode),
  ...reasonIf(
    !nextStep.trim(),
    'next_step_missing',
    'Say what the client can do next, such as where to ask.',
  ),
];

export const referralReasons = ({ to, reasonCode }: Referred): Reason[] => [
  ...reasonIf(!to.trim(), 'referred_to_missing', 'Say to whom the client is referred.'),
  ...reasonMissing(reasonCode),
];
