import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { EventStore } from '#libs/event-store';
import type { Sight, SignedIn } from '#libs/http';
import { DomainError, missing, reachOf, rolesFor, UNSEEN, whoMay, type Act, type Reach } from '#libs/kernel';
import { OWNERSHIP, type Asking, type Concern, type Ownership } from './ownership.js';

type Reaches = ReadonlySet<Reach>;
type Named = Concern & { inAddress: boolean };

/** Judges a request by the policy: may this role, and is everything that the request names within its reach? */
@Injectable()
export class Authorization {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(OWNERSHIP) private readonly ownership: Ownership,
  ) {}

  /**
   * Says on the request how far the caller reaches and what they may see, and puts the role that allows it first: it is
   * the one that events name.
   * @throws DomainError `forbidden` when none of their roles may, `not_your_client` or `not_yours` when what is
   * named is beyond their reach, `missing` where nobody else is told that it is there
   */
  async judge(act: Act, request: FastifyRequest & SignedIn): Promise<void> {
    const { roles } = request.principal;
    const reaches = reachOf(act, roles);
    if (reaches.size === 0) throw forbidden(whoMay(act));
    const named = await this.namedIn(request, reaches);
    const beyond = named.find((one) => !isWithin(one, reaches));
    if (beyond) {
      if (UNSEEN.has(act)) missing('psynote');
      throw notYours(beyond.clients.length > 0);
    }
    const may = rolesFor(act).filter((role) => roles.includes(role));
    const acting = may.find((role) => named.every((one) => isWithin(one, reachOf(act, [role])))) ?? may[0]!;
    request.principal = {
      ...request.principal,
      roles: [acting, ...roles.filter((role) => role !== acting)],
    };
    request.reaches = reaches;
    request.sight = sightOf(roles, reaches, named);
    request.underGlass = [
      ...new Set([act, 'clinical_text:see' as const].flatMap((one) => byGlass(one, roles, named))),
    ];
  }

  /** What the request names of clients, and in its address also what is no client's. */
  private async namedIn(request: FastifyRequest & SignedIn, reaches: Reaches): Promise<readonly Named[]> {
    const { practiceId, staffId, roles } = request.principal;
    const everything = reaches.has('all') && reachOf('clinical_text:see', roles).size === 0;
    const { params, query, body } = request;
    const ids = everything ? new Set<string>() : this.ownership.idsIn([params, query, body]);
    if (ids.size === 0) return [];
    const asking = { practiceId, staffId, at: this.store.clock.now() };
    const concerns = await this.ownership.concerns(asking, ids).catch((error: unknown) => {
      // whoever reaches all is let in all the same, and sees no more than of a list
      if (reaches.has('all') && error instanceof DomainError && error.kind === 'unavailable')
        return new Map<string, Concern>();
      throw error;
    });
    const inAddress = this.ownership.idsIn(params);
    return [...concerns].flatMap(([id, concern]) =>
      concern.clients.length > 0 || inAddress.has(id) ? [{ ...concern, inAddress: inAddress.has(id) }] : [],
    );
  }
}

/**
 * Of some things those for which somebody may do what the policy calls `act`, each judged by itself. For answers that hold
 * things of several relationships: what the guard judged is what the request names. None while it cannot be said whose
 * they are.
 */
export async function thoseWithin(
  act: Act,
  { roles, ...asking }: Asking & { roles: readonly string[] },
  ids: readonly string[],
  ownership: Ownership,
): Promise<ReadonlySet<string>> {
  const allowed = reachOf(act, roles);
  const concerns = await ownership.concerns(asking, new Set(ids)).catch((error: unknown) => {
    if (error instanceof DomainError && error.kind === 'unavailable') return new Map<string, Concern>();
    throw error;
  });
  return new Set([...concerns].flatMap(([id, concern]) => (within(concern, allowed) ? [id] : [])));
}

export const within = ({ reaches }: Concern, allowed: Reaches): boolean =>
  allowed.has('all') || [...reaches].some((reach) => allowed.has(reach));

/** The clients for whom nothing but break-glass lets somebody. */
function byGlass(act: Act, roles: readonly string[], named: readonly Named[]): readonly string[] {
  const allowed = reachOf(act, roles);
  const otherwise = new Set([...allowed].filter((reach) => reach !== 'break_glass'));
  return named
    .filter((one) => isWithin(one, allowed) && !isWithin(one, otherwise))
    .flatMap(({ clients }) => clients);
}

/** Who wrote what is asked by the address alone: of a session that is named beside it, the notes of others are left out. */
const isWithin = (named: Named, allowed: Reaches): boolean =>
  within(named, allowed) || (!named.inAddress && allowed.has('author'));

/** Of what is named, what may be seen of all of it; of a list, what may be seen of all that can be in it. */
function sightOf(roles: readonly string[], reaches: Reaches, named: readonly Concern[]): Sight {
  const sees = (act: Act): boolean => {
    const allowed = reachOf(act, roles);
    return named.length > 0
      ? named.every((concern) => within(concern, allowed))
      : allowed.has('all') || [...reaches].every((reach) => allowed.has(reach));
  };
  return {
    identity: sees('identity:see'),
    clinicalText: sees('clinical_text:see'),
    observations: sees('observation:see'),
  };
}

export const forbidden = (whom: string): DomainError =>
  new DomainError('forbidden', 'forbidden', `This is for ${whom}. Ask somebody with that role.`);

/** @param ofAClient or else of a colleague: their hours, their stance */
export const notYours = (ofAClient: boolean): DomainError =>
  ofAClient
    ? new DomainError(
        'forbidden',
        'not_your_client',
        'This concerns somebody who is not your client. Ask a coordinator to assign you, or, in an emergency, open break-glass access with a reason.',
      )
    : new DomainError(
        'forbidden',
        'not_yours',
        'This is a colleague’s. Ask them, or a coordinator, to do it.',
      );
