import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.js';

const OIDC = {
  CANDOR_OIDC_ISSUER: 'https://id.example',
  CANDOR_OIDC_CLIENT_ID: 'candor',
  CANDOR_OIDC_CLIENT_SECRET: 'secret',
};
const refused = (env: Record<string, string>) => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  return 'accepted';
};

describe('The configuration of signing in', () => {
  it('has a default for everything but OpenID Connect, which is off', () => {
    const { publicUrl, trustedProxies, signInSecret, oidc, requestsPerMinute } = readConfig({ PORT: '8080' });
    expect({ publicUrl, trustedProxies, signInSecret, oidc, requestsPerMinute }).toEqual({
      publicUrl: 'http://localhost:8080',
      trustedProxies: [],
      signInSecret: undefined,
      oidc: undefined,
      requestsPerMinute: 600,
    });
  });

  it('is read', () => {
    const config = readConfig({
      ...OIDC,
      CANDOR_PUBLIC_URL: 'https://candor.example/',
      CANDOR_TRUSTED_PROXIES: '10.0.0.0/8,::1',
      CANDOR_SIGN_IN_SECRET: Buffer.alloc(32, 7).toString('base64'),
      CANDOR_REQUESTS_PER_MINUTE: '60',
    });
    expect(config).toMatchObject({
      publicUrl: 'https://candor.example',
      trustedProxies: ['10.0.0.0/8', '::1'],
      signInSecret: Buffer.alloc(32, 7),
      oidc: { issuer: 'https://id.example', clientId: 'candor', clientSecret: 'secret' },
      requestsPerMinute: 60,
    });
  });

  it('is refused where it is half of something', () => {
    const { CANDOR_OIDC_CLIENT_SECRET: _, ...half } = OIDC;
    expect(refused(half)).toContain('CANDOR_OIDC_CLIENT_SECRET');
    expect(refused({ CANDOR_PUBLIC_URL: 'https://candor.example/app' })).toContain('CANDOR_PUBLIC_URL');
    expect(refused({ CANDOR_TRUSTED_PROXIES: 'everybody' })).toContain('CANDOR_TRUSTED_PROXIES');
    expect(refused({ CANDOR_SIGN_IN_SECRET: 'c2hvcnQ=' })).toContain('CANDOR_SIGN_IN_SECRET');
    expect(refused({ CANDOR_REQUESTS_PER_MINUTE: '1' })).toContain('CANDOR_REQUESTS_PER_MINUTE');
  });
});
