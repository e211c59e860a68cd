import type { KMSClient, KMSClientConfig } from '@aws-sdk/client-kms';
import { SealBroken } from '../crypto/gcm.js';
import type { KeyProvider } from './key-provider.js';

/**
 * A root key that AWS KMS keeps: it wraps and unwraps there, bound to an encryption context that CloudTrail shows.
 * Credentials come as they do for every AWS client (environment, instance role, …).
 * @param arn `arn:aws:kms:<region>:<account>:key/<id>`
 */
export function awsKmsProvider(arn: string, config: KMSClientConfig = {}): KeyProvider {
  let opened: Promise<{ kms: typeof import('@aws-sdk/client-kms'); client: KMSClient }> | undefined;
  // Loaded at the first use: who keeps the root key elsewhere pays nothing for it.
  const open = () =>
    (opened ??= import('@aws-sdk/client-kms').then((kms) => ({
      kms,
      client: new kms.KMSClient({
        region: arn.split(':')[3]!,
        maxAttempts: 3,
        requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000 },
        ...config,
      }),
    })));
  return {
    name: `aws-kms:${arn}`,
    async wrap(key, context) {
      const { kms, client } = await open();
      const { CiphertextBlob } = await client.send(
        new kms.EncryptCommand({ KeyId: arn, Plaintext: key, EncryptionContext: { ...context } }),
      );
      return Buffer.from(CiphertextBlob!);
    },
    async unwrap(wrapped, context) {
      const { kms, client } = await open();
      try {
        const { Plaintext } = await client.send(
          new kms.DecryptCommand({ KeyId: arn, CiphertextBlob: wrapped, EncryptionContext: { ...context } }),
        );
        return Buffer.from(Plaintext!);
      } catch (error) {
        if (error instanceof kms.InvalidCiphertextException || error instanceof kms.IncorrectKeyException)
          throw new SealBroken('KMS says that this key was altered, or wrapped for something else');
        throw error;
      }
    },
  };
}
