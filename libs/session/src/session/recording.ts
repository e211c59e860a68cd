import type { Reason } from '#libs/kernel';

/** What the handler found to stand in the way of recording; without it nobody has looked, and nothing is recorded. */
export type RecordingJudged = { reasons: readonly Reason[] };

/** No recording without the consent of everyone present; neither an emergency nor safety overrules it. */
export const recordingReasons = (judged: RecordingJudged | undefined): Reason[] => [
  ...(judged?.reasons ?? [
    {
      code: 'recording_not_judged',
      detail: 'Whether everyone consents to recording is not known. Go on without recording.',
    },
  ]),
];
