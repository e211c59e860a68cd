import { packInForce, requirements, SHIPPED_PACKS, type Element, type Purpose } from '#libs/consent';
import type { UnitKind } from '#libs/client';
import { deriveId, localDate, type Instant } from '#libs/kernel';
import { settingOfUnit, stanceIdOf, type Dimensions } from '#libs/stance';
import type { Calendar } from './calendar.js';
import type { DocumentKey } from './documents.js';
import { practiceIdOf, roomIdOf, staffIdOf, type House, type TherapistKey } from './practices.js';
import { fingerprintOf, type StanceHistory } from './stances.js';

/** What is published in one practice on which day: the stories ask it, so that nobody offers an old text. */
export class World {
  readonly practiceId: string;

  constructor(
    readonly house: House,
    readonly calendar: Calendar,
  ) {
    this.practiceId = practiceIdOf(house.key);
  }

  staffId = (member: TherapistKey): string => staffIdOf(this.house.key, member);

  /** Where a therapist works, in the practice itself. */
  roomId(therapist: TherapistKey): string {
    const name = this.house.rooms[therapist];
    if (!name) throw new Error(`${this.house.key} has no room for ${therapist}.`);
    return roomIdOf(this.house.key, name);
  }

  documentId = (key: DocumentKey): string => deriveId('demo', 'document', this.house.key, key);

  /** The versions of documents that can be offered at a moment. */
  documentsAt(keys: readonly DocumentKey[], moment: Instant): { documentId: string; versionNo: number }[] {
    return keys.map((key) => {
      const history = this.house.documents.find((candidate) => candidate.key === key);
      const versionNo =
        history?.versions.filter(({ published }) => this.calendar.at(published.ago, published.time) <= moment)
          .length ?? 0;
      if (versionNo === 0) throw new Error(`${this.house.key} has no document "${key}" at ${moment}.`);
      return { documentId: this.documentId(key), versionNo };
    });
  }

  /** The stance a client is shown at a moment. */
  stanceAt(
    therapist: TherapistKey,
    unitKind: UnitKind,
    moment: Instant,
  ): { stanceVersionNo: number; contentHash: string } {
    const history = this.stanceOf(therapist, unitKind);
    const published =
      history?.versions.filter(
        (version) => this.calendar.at(version.published.ago, version.published.time) <= moment,
      ) ?? [];
    const current = published.at(-1);
    if (!history || !current)
      throw new Error(`${therapist} has published no stance for ${unitKind} at ${moment}.`);
    return { stanceVersionNo: published.length, contentHash: fingerprintOf(history, current) };
  }

  /** How often a therapist asks for feedback, and by which measure: by none of the stances here does that change. */
  feedbackBy(therapist: TherapistKey, unitKind: UnitKind): Dimensions['feedback'] {
    const history = this.stanceOf(therapist, unitKind);
    if (!history) throw new Error(`${therapist} has no stance for ${unitKind}.`);
    return history.versions[0].dimensions.feedback;
  }

  private stanceOf = (therapist: TherapistKey, unitKind: UnitKind): StanceHistory | undefined =>
    this.house.stances.find(
      (candidate) => candidate.therapist === therapist && candidate.setting === settingOfUnit(unitKind),
    );

  stanceId = (therapist: TherapistKey, unitKind: UnitKind): string =>
    stanceIdOf(this.practiceId, this.staffId(therapist), settingOfUnit(unitKind));

  /** What the rule pack in force asks to be disclosed; the stance is acknowledged apart from it. */
  elementsFor(
    purpose: Purpose,
    unitKind: UnitKind,
    circumstances: { minor: boolean; remote: boolean; mandated: boolean },
    moment: Instant,
  ): Element[] {
    const day = localDate(moment, this.house.zone);
    const pack = packInForce(SHIPPED_PACKS, this.house.rulePack, day);
    if (!pack) throw new Error(`The rule pack ${this.house.rulePack} has no edition for ${day}.`);
    const asked = requirements(pack, { purpose, unitKind, ...circumstances }).map(({ element }) => element);
    return [...new Set(asked)].filter((element) => element !== 'therapist_stance');
  }
}
