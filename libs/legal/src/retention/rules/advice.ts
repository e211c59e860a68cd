export const ADVICE = 'A starting point, not legal advice: check with your counsel.';
