import { createHmac, hkdfSync } from 'node:crypto';
import { decrypt, encrypt } from '#libs/vault';

/** Everything of signing in that rests on the one secret of this installation (32 bytes, in a file outside the database). */
export class Secrets {
  constructor(private readonly secret: Buffer) {}

  private key = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', this.secret, '', `candor ${purpose}`, 32));

  /** What stands for a text in the database: the same for the same text, and nobody else can tell which text it is. */
  blindIndex(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.key(purpose))
      .update(text.normalize('NFKC').trim().toLowerCase())
      .digest();
  }

  /** The key of the authenticator app that goes with an invitation: the same however often the invitation is opened. */
  authenticatorKey(invitation: string): Buffer {
    return createHmac('sha256', this.key('authenticator')).update(invitation).digest().subarray(0, 20);
  }

  /** AES-256-GCM. @param whose opens only what was sealed for the same person or purpose */
  sealSecret(clear: Buffer, whose: string): Buffer {
    return encrypt(this.key('seal'), clear, Buffer.from(whose));
  }

  /** @throws SealBroken when it was sealed for somebody else, with another secret, or has been changed */
  openSecret(sealed: Buffer, whose: string): Buffer {
    return decrypt(this.key('seal'), sealed, Buffer.from(whose));
  }
}
