/** What somebody reads about a client for. Without a word from the reader it follows from their role. */
export const PURPOSES_OF_READING = [
  'treatment',
  'payment',
  'operations',
  'supervision',
  'audit',
  'client_request',
  'safety',
] as const;
export type PurposeOfReading = (typeof PURPOSES_OF_READING)[number];
