import { describe, expect, it } from 'vitest';
import { passwordReasons } from './password.js';

const codes = (password: string) =>
  passwordReasons(password, ['Noor Haddad', 'Linden Street Psychotherapy', 'noor.h@example.org']).map(
    ({ code }) => code,
  );

describe('A password', () => {
  it.each([
    'correct horse battery staple',
    'violet kettle under the bridge',
    'Nbx7 pqv kd2 wrz',
    'ein leiser Regen fällt',
    'пять тихих выдр на реке',
  ])('of twelve characters and more is accepted: %s', (password) => expect(codes(password)).toEqual([]));

  it('of fewer than twelve characters is refused', () =>
    expect(codes('Nbx7 pqv kd')).toEqual(['password_too_short']));

  it.each([
    'password1234',
    'P@ssw0rd!2026',
    'Passwort123456',
    'qwertyuiop123',
    '123456789012',
    'aaaaaaaaaaaa',
    'abababababab',
    'iloveyou1987!',
    'Summer2026!!!',
    'letmeinletmein',
    'NoorHaddad1990',
    'linden-street-1',
    'noorhexample',
    'sunshine dragon',
  ])('that is tried first is refused: %s', (password) =>
    expect(codes(password)).toEqual(['password_too_common']),
  );
});
